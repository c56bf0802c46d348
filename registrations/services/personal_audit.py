"""未成年人信息年度审计: counts, consents, who looked at what, what was deleted, in one year; no names, no numbers.

未成年人网络保护条例 art. 37: audited every year, filed by the end of January.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import User
from core.audit.history import recorded
from core.audit.models import Redaction
from core.audit.timeline import verb_label
from core.clock import BEIJING
from core.personal import Section, Value
from tracks.models import Edition

from ..entry_models import Member
from ..models import SummaryExport
from ..personal_models import BirthMonth, DeletionRequest, Guardian
from ..states import DELETION, GUARDIAN
from .guardians import band_at_entry

BANDS = {"under_first": "不满 14 周岁", "minor": "14–17 周岁", "adult": "已满 18 周岁", "": "未填或已删除"}
LOOKED = {BirthMonth: "出生年月", Guardian: "监护人姓名和电话", Member: "手机号"}
DELETIONS = ("personal.purged", "personal.expired", "guardian.withdrawn")


def audit(edition: Edition, year: int, *, by: User) -> list[Section]:
    """One edition's minors in one calendar year of real time; that it was taken stands in the 导出记录."""
    since, until = (datetime(at, 1, 1, tzinfo=BEIJING) for at in (year, year + 1))
    minors = _minors(edition)
    sections = [
        _counts(edition, minors),
        _consents(edition, minors),
        _looks(list(minors), since, until),
        _requests(list(minors), since, until),
        _deletions(since, until),
    ]
    with transaction.atomic(), recorded("minors.audited", by=by):
        SummaryExport.objects.create(
            edition=edition, by=by, scope=f"未成年人信息年度审计表 {year} 年", rows=len(minors), whole_phones=False
        )
    return sections


def _minors(edition: Edition) -> dict[Member, str]:
    """Participants on tracks for pupils → their age band when the entry went in; whoever is of age left out."""
    tracks = [track.code for track in edition.rulebook.tracks if track.minors]
    people = Member.objects.filter(edition=edition, entry__track__code__in=tracks).exclude(role="instructor")
    found = {m: band_at_entry(m) for m in people.select_related("entry__edition", "entry__track", "birth", "user")}
    return {member: band for member, band in found.items() if band != "adult"}


def _counts(edition: Edition, minors: dict[Member, str]) -> Section:
    found = Counter((m.entry.track.name, band, m.entry.get_state_display()) for m, band in minors.items())
    rows = [(track, BANDS[band], state, count) for (track, band, state), count in sorted(found.items())]
    return Section("人数", ("赛道", "年龄段", "报名状态", "人数"), rows)


def _consents(edition: Edition, minors: dict[Member, str]) -> Section:
    states = dict(
        Guardian.objects.filter(member__in=list(minors))
        .exclude(state="replaced")
        .order_by("asked_at")
        .values_list("member", "state")
    )
    found = Counter((band, states.get(member.pk, "")) for member, band in minors.items())
    rows = [(BANDS[band], GUARDIAN.labels.get(state, "还没有请"), n) for (band, state), n in sorted(found.items())]
    return Section("监护人同意", ("年龄段", "状态", "人数"), rows)


def _looks(minors: list[Member], since: datetime, until: datetime) -> Section:
    """Every look at a sealed or masked fact, whoever's on the staff."""
    owner = {BirthMonth: "member_id", Guardian: "member_id", Member: "pgh_obj_id"}
    entries = {member.pk: member.entry.number for member in minors}
    events = [
        (event.pgh_created_at, event.pgh_context, entries[key], label)
        for model, label in LOOKED.items()
        for event in _events(model, "shown", since, until)
        if (key := getattr(event, owner[model])) in entries
    ]
    actors = [_actor(context) for _, context, *_ in events]
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "real_name"))
    rows: list[tuple[Value, ...]] = [
        (when, names.get(_actor(context), "系统"), number, label)
        for when, context, number, label in sorted(events, key=lambda event: event[0])
    ]
    return Section("查看记录", ("时间", "查看人", "报名编号", "看了什么"), rows)


def _requests(minors: list[Member], since: datetime, until: datetime) -> Section:
    asked = DeletionRequest.objects.filter(
        user__in=[member.user_id for member in minors], asked_at__gte=since, asked_at__lt=until
    )
    rows = [(request.asked_at, DELETION.labels[request.state], request.handled_at) for request in asked]
    return Section("删除申请", ("申请时间", "结果", "处理时间"), rows)


def _deletions(since: datetime, until: datetime) -> Section:
    """Everything that was blanked for good, minors' or not: by request, by a guardian's withdrawal, by its term."""
    ledger = Redaction.objects.filter(at__gte=since, at__lt=until, context__verb__in=DELETIONS).order_by("pk")
    return Section(
        "删除与到期清理",
        ("时间", "事由", "历史表", "件数"),
        [(line.at, verb_label((line.context or {})["verb"]), line.history, len(line.things)) for line in ledger],
    )


def _events(model: type, label: str, since: datetime, until: datetime) -> Iterator[Any]:
    events: QuerySet[Any] = model.pgh_event_model.objects  # type: ignore[attr-defined]
    return events.filter(pgh_label=label, pgh_created_at__gte=since, pgh_created_at__lt=until).iterator()


def _actor(context: dict[str, Any] | None) -> int:
    """Who did it; 0 for the system."""
    return (context or {}).get("actor") or 0
