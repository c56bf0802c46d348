"""Gathering what the rules ask for about one service record."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property

from core import clock
from core.clock import BEIJING
from core.files.papers import load_pages
from core.problems import Problem
from registrations.entry_models import Member
from registrations.states import ENTRY_IN
from tracks.wording import end

from ..models import Ladder, Placement, ServiceHours, ServicePhoto, ServiceRecord
from ..record_states import RECORD
from ..rules.placements import heads_differ
from ..rules.records import Frame, Record, Served, check_day, check_record, flags_of
from . import ladder


class RecordFacts:
    """One record's rule inputs, read once."""

    def __init__(self, record: ServiceRecord, now: datetime | None = None) -> None:
        self.record = record
        self.entry = record.entry
        self.edition = record.edition
        self.rulebook = record.edition.rulebook
        self.now = (now or clock.now()).astimezone(BEIJING)

    @cached_property
    def hours(self) -> list[ServiceHours]:
        """Who served; each knows its record."""
        found = list(self.record.hours.select_related("member", "user"))
        for one in found:
            one.record = self.record
        return found

    @cached_property
    def photos(self) -> list[ServicePhoto]:
        """Those that were not taken out."""
        found = list(self.record.photos.filter(removed_at=None).select_related("file"))
        load_pages(photo.file for photo in found)
        return found

    @cached_property
    def people(self) -> list[Member]:
        """Who may have served: the entry's participants, instructors too."""
        return list(self.entry.people.filter(left_at=None).select_related("user").order_by("joined_at", "pk"))

    @cached_property
    def facts(self) -> Record:
        """The record as the rules see it."""
        r = self.record
        begins, ends = (moment.astimezone(BEIJING) if moment else None for moment in (r.starts_at, r.ends_at))
        served = [Served(h.user_id, h.member.name, begins or self.now, h.length) for h in self.hours]
        return Record(
            title=r.title, starts_at=begins, ends_at=ends, place=r.place, activity=r.activity, audience=r.audience,
            basis=r.basis, views=r.views, reposts=r.reposts, media=r.media, links=tuple(r.links),
            hashtags=tuple(r.hashtags), photos=len(self.photos), served=tuple(served),
        )  # fmt: skip

    @cached_property
    def frame(self) -> Frame:
        """What it is held against."""
        opens, closes = ladder.season_of(self.edition)
        entered = self.entry.entered_at
        return Frame(
            at=self.now,
            entered_at=entered.astimezone(BEIJING) if entered else None,
            opens=opens.astimezone(BEIJING) if opens else None,
            closes=closes,
            activities=[kind.code for kind in self.rulebook.activity_types],
            hours_per_day_max=self.rulebook.points.hours_per_day_max if self.rulebook.points else 24,
        )

    @cached_property
    def closed(self) -> list[Problem]:
        """Why the record cannot be changed or handed in now; nothing when it can."""
        r = self.record
        if r.state not in RECORD["submit"].sources:
            return [Problem("record.closed", f"这条记录{r.get_state_display()}，不能再改")]
        if r.state == "returned" and r.correct_until and self.now >= r.correct_until:
            return [Problem("record.correction_over", "补正期已过，不能再改。有疑问请联系赛道联系人")]
        return season_closed(r, self.now)

    def problems(self) -> list[Problem]:
        """What keeps it from being handed in."""
        return [*check_record(self.facts, self.frame), *self._days()]

    def flags(self) -> list[Problem]:
        """What is odd about it."""
        counted = self.placement.heads if self.placement else None
        differ = heads_differ(self.record.audience, counted)
        return [*flags_of(self.facts, [tag.text for tag in self.rulebook.hashtags]), *differ]

    @cached_property
    def placement(self) -> Placement | None:
        """What it grew from, with the venue's word; nothing is asked where there is none."""
        if self.record.placement_id is None:
            return None
        return Placement.objects.select_related("need__venue", "visited_by").get(pk=self.record.placement_id)

    def _days(self) -> Iterable[Problem]:
        """Each person's whole day. The people's rows are locked when it is handed in."""
        if self.facts.starts_at is None:
            return
        begins = self.facts.starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
        others = ServiceHours.objects.filter(
            counts=True, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1),
            user__in=[one.user for one in self.facts.served],
        )  # fmt: skip
        before: Counter[int] = Counter()
        for other in others.exclude(record=self.record).select_related("record"):
            before[other.user_id] += other.length
        for one in self.facts.served:
            if before[one.user]:
                minutes = before[one.user] + one.minutes
                yield from check_day(one.name, begins.date(), minutes, self.frame.hours_per_day_max)


def season_closed(record: ServiceRecord, now: datetime) -> list[Problem]:
    """Why nothing is recorded for this entry any more; nothing when it is."""
    if record.entry.state not in ENTRY_IN:
        return [Problem("record.entry", "报名提交之后才能填写服务记录；已退出或未通过的报名不能再填")]
    if record.edition.rulebook.points is None:
        return [Problem("record.no_season", "本届没有积分赛季")]
    last = ladder.freeze_date(record.edition)
    if last and now >= last:
        return [Problem("record.season_over", f"积分赛季的服务记录 {end(last)} 以后不再受理")]
    if Ladder.objects.filter(edition=record.edition, frozen_at__isnull=False).exists():
        return [Problem("record.frozen", "积分已经冻结，不再受理服务记录")]
    return []
