"""What the public page of an award list shows: the last version, the window, and how versions differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby, pairwise

from tracks.wording import last_instant

from .models import AwardLine, AwardList, AwardVersion, Release
from .rules.differences import Difference, differences
from .services.drafting import places_of
from .states import HANDLED


@dataclass(frozen=True)
class Group:
    """One level with its lines."""

    name: str
    lines: list[AwardLine]
    vacant: int


@dataclass(frozen=True)
class Change:
    """One recipient's difference between two versions, in words."""

    label: str
    said: str
    before: str
    after: str


def changes_of(found: Iterable[Difference], names: dict[str, str]) -> list[Change]:
    """In words; whoever only moved up within a level is left out. names: level → name."""
    said = []
    for one in found:
        if one.how == "position":
            continue
        was, will = (names.get(place.level, "") if place else "" for place in (one.before, one.after))
        place = one.after or one.before
        who = place.said if place else one.key
        if one.how == "words" and one.before and one.after:
            who, was, will = _reworded(one.before.said, one.after.said)
        said.append(Change(one.label, who, was, will))
    return said


def _reworded(before: str, after: str) -> tuple[str, str, str]:
    """Who it was, and of what was printed only the parts that changed, old and new."""
    old, new = before.split("，"), after.split("，")
    if len(old) != len(new):
        return old[0], before, after
    changed = [(was, is_now) for was, is_now in zip(old, new, strict=True) if was != is_now]
    return old[0], "，".join(was for was, _ in changed), "，".join(is_now for _, is_now in changed)


class Page:
    """One list, as everybody reads it."""

    def __init__(self, found: AwardList, now: datetime) -> None:
        self.list, self.now = found, now
        self.releases = list(found.releases.select_related("version"))

    @property
    def release(self) -> Release:
        """The last one."""
        return self.releases[0]

    @cached_property
    def lines(self) -> dict[int, list[AwardLine]]:
        """Version → its lines; one query for all."""
        rows = AwardLine.objects.filter(version__in=[one.version_id for one in self.releases])
        found: dict[int, list[AwardLine]] = {}
        for line in rows.order_by("version", "place"):
            found.setdefault(line.version_id, []).append(line)
        return found

    @property
    def groups(self) -> list[Group]:
        """The last version by levels; vacant places are told."""
        return groups_of(self.release.version, self.lines.get(self.release.version_id, []))

    @property
    def count(self) -> int:
        """How many prizes."""
        return len(self.lines.get(self.release.version_id, []))

    @cached_property
    def corrections(self) -> list[tuple[Release, list[Change]]]:
        """Every version after the first, the last one first, with its difference."""
        return [(later, self._between(earlier, later)) for later, earlier in pairwise(self.releases)]

    def _between(self, earlier: Release, later: Release) -> list[Change]:
        before, after = (places_of(self.lines.get(one.version_id, [])) for one in (earlier, later))
        return changes_of(differences(before, after), names_of(earlier.version) | names_of(later.version))

    @cached_property
    def frozen(self) -> frozenset[str]:
        """Keys of lines about which an objection was accepted and not yet answered, "" for the whole list; by whom is
        nobody's business. One that is only filed does not show: else anybody could put a mark on a name."""
        taken_up = self.list.objections.filter(state__in=HANDLED)
        return frozenset(taken_up.values_list("about", flat=True)) if self.list.state == "published" else frozenset()

    @property
    def whole_frozen(self) -> bool:
        """Whether one is about the list as a whole."""
        return "" in self.frozen

    @property
    def open(self) -> bool:
        """Whether objections are taken now."""
        closes = self.list.closes_at
        return self.list.state == "published" and closes is not None and self.now < closes

    @property
    def last_day(self) -> date | None:
        """On which somebody may still object."""
        return last_instant(self.list.closes_at).date() if self.list.closes_at else None

    @property
    def kinds(self) -> Sequence[str]:
        """What columns have something to say."""
        lines = self.lines.get(self.release.version_id, [])
        return [name for name in ("organisation", "title") if any(getattr(line, name) for line in lines)]

    @property
    def formula(self) -> list[str]:
        """Of a composite award, the arithmetic."""
        return list(self.release.version.result.get("formula", []))


def names_of(version: AwardVersion) -> dict[str, str]:
    """Level → its name."""
    return {level["code"]: level["name"] for level in version.result["levels"]}


def groups_of(version: AwardVersion, lines: list[AwardLine]) -> list[Group]:
    """Levels in their order, the empty ones too."""
    by_level = {code: list(rows) for code, rows in groupby(lines, key=lambda line: line.level)}
    return [Group(one["name"], by_level.get(one["code"], []), one["vacant"]) for one in version.result["levels"]]
