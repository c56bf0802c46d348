"""What a list is made from: frozen rankings, frozen points or counts behind prizes; and whose the works are."""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from core.accounts.models import User
from core.problems import Problem, Refused
from judging.models import Candidate, Round, Snapshot
from judging.states import DECIDED
from registrations.entry_models import Entry, Member
from registrations.services.dossier import title_of
from registrations.states import ENTRY_IN
from seasons.models import PointSnapshot
from tracks.rulebook.awards import Award

from ..models import AwardList
from ..rules.allocation import Level, Ranked

GONE = {"withdrawn": "已退出比赛", "rejected": "参赛资格未通过"}
POINTS = "points"  # the source of 100 佳


@dataclass
class Recipient:
    """Who would hold a prize, as it would be printed."""

    holder: str  # person, team, organisation, instructor
    name: str
    organisation: str = ""
    title: str = ""
    award_name: str = ""
    entry: Entry | None = None
    candidate: Candidate | None = None
    user: User | None = None


@dataclass
class Gathered:
    """A list's rule inputs, and what is needed to print the outcome."""

    levels: list[Level]
    rankings: dict[str, list[Ranked]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # source → how a sentence calls it
    stamps: dict[str, dict[str, Any]] = field(default_factory=dict)  # source → which frozen thing, by its hash
    formula: list[str] = field(default_factory=list)
    recipients: dict[str, Recipient] = field(default_factory=dict)


def rounds_of(found: AwardList) -> dict[str, Round]:
    """The rounds whose rankings fill the levels. Raises Refused where one is missing, open, or not the only one."""
    result: dict[str, Round] = {}
    for code in dict.fromkeys(level.round for level in found.rule.levels):
        rounds = Round.objects.filter(edition=found.edition, code=code, category=found.category)
        rounds = rounds.select_related("category", "edition", "track")
        mine = [one for one in rounds if one.track_id in (None, found.track_id) and one.group in ("", found.group)]
        decided = [one for one in mine if one.state in DECIDED]
        if not mine:
            raise Refused(Problem("list.no_round", f"{found}：规则里的轮次 {code} 还没有建立"))
        if len(mine) > 1:
            raise Refused(Problem("list.rounds", f"{found}：有 {len(mine)} 个轮次，名次不能合并比较，请分赛道列名单"))
        if not decided:
            raise Refused(Problem("list.round_open", f"{mine[0]}还没有封存，封存以后才能分配奖项"))
        result[code] = decided[0]
    return result


def from_rankings(found: AwardList, snapshots: dict[str, Snapshot] | None = None) -> Gathered:
    """Of an award by rankings: each round's public snapshot, else its latest. snapshots: others, to compare."""
    levels = [Level(one.code, one.name, one.count, one.round) for one in found.rule.levels]
    gathered = Gathered(levels)
    for code, round_ in rounds_of(found).items():
        snapshot = (snapshots or {}).get(code) or snapshot_of(round_)
        if snapshot is None:
            raise Refused(Problem("list.no_snapshot", f"{round_}没有排名快照"))
        gathered.names[code] = round_.name
        gathered.stamps[code] = {"snapshot": snapshot.pk, "number": snapshot.number, "sha256": snapshot.sha256}
        rows = snapshot.rows.select_related(
            "candidate__entry__edition", "candidate__version__work", "candidate__round__category"
        )
        if found.track_id:
            rows = rows.filter(candidate__entry__track=found.track_id)
        if found.group:
            rows = rows.filter(candidate__group=found.group)
        kept = list(rows)
        gathered.rankings[code] = [
            Ranked(
                row.candidate.key, f"entry-{row.candidate.entry_id}", row.rank,
                f"得分 {row.score}" if row.score is not None else "", _out(row.candidate),
            )
            for row in kept
        ]  # fmt: skip
        gathered.recipients |= {row.candidate.key: _winner(found, row.candidate) for row in kept}
    _name(gathered.recipients.values())
    return gathered


def snapshot_of(round_: Round) -> Snapshot | None:
    """The one that is public; before, the latest."""
    public = round_.snapshots.filter(publications__isnull=False, publications__ended_at=None).first()
    return public or round_.snapshots.first()


def _out(candidate: Candidate) -> str:
    if candidate.state != "in":
        return "已退出本轮评审"
    if why := GONE.get(candidate.entry.state):
        return why
    work = candidate.version.work if candidate.version else None
    return "作品审核未通过或已撤回" if work and work.state in ("rejected", "withdrawn") else ""


def _winner(found: AwardList, candidate: Candidate) -> Recipient:
    entry = candidate.entry
    names = found.edition.rulebook.category(found.category.code).award_names if found.category else {}
    return Recipient(
        "team" if entry.kind == "team" else "person", entry.team_name, entry.organisation, candidate.title,
        names.get(entry.kind, found.rule.name), entry, candidate,  # type: ignore[call-overload]
    )  # fmt: skip


def _name(recipients: Iterable[Recipient]) -> None:
    """Individuals are called by their representative's name: one query for all."""
    alone = {one.entry.pk: one for one in recipients if one.entry and not one.name}
    members = Member.objects.filter(entry__in=alone, role="representative").order_by("entry", "left_at")
    for member in members:
        if not alone[member.entry_id].name:
            alone[member.entry_id].name = member.name
    for one in alone.values():
        if not one.name and one.entry:
            one.name = title_of(one.entry)


def from_points(found: AwardList) -> Gathered:
    """Of the best of the points season: the standings as they were frozen, read from the snapshot's own bundle."""
    snapshot = PointSnapshot.objects.filter(edition=found.edition).select_related("bundle").first()
    if snapshot is None:
        raise Refused(Problem("list.no_points", "积分还没有冻结，冻结并生成快照以后才能列名单"))
    gathered = Gathered([Level("", found.rule.name, found.rule.count, POINTS)], names={POINTS: "积分榜"})
    gathered.stamps[POINTS] = {"snapshot": snapshot.pk, "number": snapshot.number, "sha256": snapshot.sha256}
    rows = _standings(snapshot)
    keys = [int(row["entry"]) for row in rows]
    entries = Entry.objects.select_related("edition", "track").in_bulk(keys)
    for row in rows:
        entry, key = entries[int(row["entry"])], f"entry-{row['entry']}"
        said = f"{row['points']} 分"
        gathered.rankings.setdefault(POINTS, []).append(
            Ranked(key, key, int(row["rank"]), said, GONE.get(entry.state, ""))
        )
        gathered.recipients[key] = Recipient(
            "team" if entry.kind == "team" else "person", entry.team_name, entry.organisation, "", found.rule.name,
            entry,
        )  # fmt: skip
    _name(gathered.recipients.values())
    return gathered


def _standings(snapshot: PointSnapshot) -> list[dict[str, str]]:
    """The lines of the frozen standings.csv, as far as could ever matter. Raises Refused where its hash is another."""
    try:
        with snapshot.bundle.blob.open() as blob, zipfile.ZipFile(blob) as bundle:
            table = bundle.read("standings.csv")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise Refused(Problem("list.bundle", "积分快照的重算包读不出来，请重新冻结一次积分")) from error
    if sha256(table).hexdigest() != snapshot.sha256:
        raise Refused(Problem("list.bundle_changed", "积分快照的重算包与指纹不符，不能使用，请查明原因"))
    lines = csv.reader(io.StringIO(table.decode()))
    next(lines)
    found = []
    for rank, number, points, _ in lines:
        found.append({"rank": rank, "entry": str(Entry.pk_of(number) or 0), "points": points})
    return found


# --- What the organiser sees of people and units ---------------------------------------------------------------


def sender_of(entry: Entry) -> str:
    """选送单位: the unit that recommended it; who entered openly was sent by the own organisation."""
    return entry.row.recommendation.unit.full_name if entry.row else entry.organisation


def home_of(entry: Entry) -> str:
    """所在组织单位 (G37): what was typed as the entrant's organisation, else the recommending unit."""
    return entry.organisation or sender_of(entry)


def entries_of(found: AwardList) -> list[Entry]:
    """All that take part in the edition, with their units."""
    entries = Entry.objects.filter(edition=found.edition, state__in=ENTRY_IN)
    return list(entries.select_related("row__recommendation__unit"))


def rule_of(award: Award) -> dict[str, str]:
    """Holder → what one of them is called: the names of a shared award stand in the order of its recipients."""
    names = award.name.split("、")
    return dict(zip(award.recipients, names, strict=False)) if len(names) == len(award.recipients) else {}
