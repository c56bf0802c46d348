"""The organiser's watch over a round: who is late, where judges differ, what is asked again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count, F, Max, Q

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.problems import Problem, Refused, refuse_if
from core.sheets.writing import Value
from core.states import move

from ..models import Judge, Round, ScoreSheet, SecondLook
from ..rules import ranking
from ..rules.ranking.numbers import rounded
from .adoption import NO_REASON
from .scoring import guards_in_words
from .telling import tell_judge

HANDED_IN = ("submitted", "signed")
REST = timedelta(hours=12)  # between two reminders to one judge
STANDS = Q(state="active", candidate__state="in")


@dataclass(frozen=True)
class Progress:
    """How far one judge is."""

    judge: Judge
    works: int
    done: int  # submitted, abstained or signed
    signed: int
    last: datetime | None
    report: ranking.JudgeReport | None

    @property
    def left(self) -> int:
        """Works not handed in yet."""
        return self.works - self.done

    @property
    def percent(self) -> int:
        """Of the works that are done."""
        return self.done * 100 // self.works if self.works else 0


def progress(round_: Round, scores: Sequence[ranking.Score] = ()) -> list[Progress]:
    """Every judge, the latest first; with a report where scores are given. Two queries."""
    counted = (
        round_.assignments.order_by()
        .values("judge_id")
        .annotate(
            works=Count("pk", filter=STANDS),
            done=Count("pk", filter=STANDS & Q(sheet__state__in=(*HANDED_IN, "abstained"))),
            signed=Count("pk", filter=STANDS & Q(sheet__state="signed")),
            last=Max("sheet__saved_at"),
        )
    )
    counts = {row[0]: row[1:] for row in counted.values_list("judge_id", "works", "done", "signed", "last")}
    reports = {one.judge: one for one in ranking.judge_reports(scores)} if scores else {}
    found = [
        Progress(judge, works, done, signed, last, reports.get(str(judge.pk)))
        for judge in round_.judges.active().select_related("user")
        for works, done, signed, last in [counts.get(judge.pk, (0, 0, 0, None))]
    ]
    return sorted(found, key=lambda one: (-one.left, one.judge.number))


def scores_of(round_: Round) -> list[ranking.Score]:
    """What has been handed in so far: works and judges by key."""
    rows = ScoreSheet.objects.filter(
        round=round_,
        state__in=HANDED_IN,
        total__isnull=False,
        assignment__state="active",
        assignment__candidate__state="in",
    ).values_list("assignment__candidate_id", "assignment__judge_id", "total", "assignment__position")
    key = cache(str)  # one text a work and a judge, which the rules then find at once
    return [ranking.Score(key(w), key(j), total, place) for w, j, total, place in rows if total is not None]


class Given(NamedTuple):
    """What one judge gave a work."""

    sheet: int
    judge: str
    score: str  # two decimal places
    state: str
    state_label: str


@dataclass(frozen=True)
class Wide:
    """A work on which judges differ, with what each gave, the lowest first."""

    spread: ranking.Spread
    label: str
    title: str
    given: list[Given]


def wide_spreads(round_: Round, scores: Iterable[ranking.Score], most: int = 50) -> list[Wide]:
    """Works at or above the round's threshold (极差), the widest first. One query."""
    found = [one for one in ranking.spreads(scores, round_.spread_threshold) if one.asks]
    found = sorted(found, key=lambda one: (-one.spread, int(one.work)))[:most]
    wide: dict[int, Wide] = {}
    by_key = {int(one.work): one for one in found}
    rows = ScoreSheet.objects.filter(round=round_, state__in=HANDED_IN, assignment__candidate__in=by_key)
    rows = rows.filter(assignment__state="active").order_by("total", "assignment__judge_id")
    of_work = ("assignment__candidate_id", "assignment__candidate__number", "assignment__candidate__title")
    given = ("pk", "assignment__judge__number", "total", "state")
    for key, number, title, sheet, judge, total, state in rows.values_list(*of_work, *given):
        work = wide.setdefault(key, Wide(by_key[key], f"{round_.letter}-{number:04d}", title, []))
        score = "" if total is None else str(rounded(total, 2))  # None: abstained, then signed
        work.given.append(Given(sheet, f"评委 {judge:02d}", score, state, ScoreSheet.STATES.labels[state]))
    return [wide[key] for key in by_key]


def urge(judges: Iterable[Judge], *, by: User) -> int:
    """Remind judges who have works left; each at most twice a day. Returns how many were told."""
    count, now = 0, clock.now()
    with transaction.atomic(), recorded("judge.urged", by=by):
        keys = [judge.pk for judge in judges]
        waiting = Judge.objects.active().filter(pk__in=keys).select_related("user", "round__category", "round__track")
        for judge in waiting.select_for_update(of=("self",), no_key=True):
            if judge.urged_at and judge.urged_at > now - REST:
                continue
            works = judge.assignments.active()
            left = works.exclude(sheet__state__in=(*HANDED_IN, "abstained")).count()
            unsigned = works.exclude(sheet__state="signed").count()
            if not unsigned or judge.round.state != "open":
                continue
            Judge.objects.filter(pk=judge.pk).update(urged_at=now)
            tell_judge(
                judge,
                "judge-urged",
                judge,
                f"{now:%Y%m%d%H%M}",
                round=str(judge.round),
                left=left,
                works=works.count(),
                deadline=judge.round.closes_at,
                link=link_to("judge"),
            )
            count += 1
    return count


def signed_sheets(judge: Judge) -> list[ScoreSheet]:
    """What a judge has signed, in the judge's own order: a judge who wants to correct one names it by its code."""
    found = ScoreSheet.objects.filter(assignment__judge=judge, assignment__state="active", state="signed")
    found = found.select_related("assignment__judge", "assignment__candidate__round__category")
    return list(found.order_by("assignment__position", "pk"))


def ask_again(sheet: ScoreSheet, *, reason: str, by: User) -> SecondLook:
    """Send a signed sheet back to its judge with a reason; what it said stays on record. Raises Refused."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with guards_in_words(), transaction.atomic(), recorded("sheet.reopened", by=by, reason=reason.strip()):
        sheet = ScoreSheet.objects.select_for_update(of=("self",)).select_related("assignment__judge").get(pk=sheet.pk)
        if sheet.state != "signed":
            raise Refused(Problem("sheet.not_signed", "还没有签名的评分，评委可以自己修改，不用退回"))
        judge = sheet.assignment.judge
        look = SecondLook.objects.create(
            sheet=sheet, reason=reason.strip()[:300], before=sheet.total, asked_by=by, asked_at=clock.now()
        )
        move(sheet, "reopen", revision=F("revision") + 1, version=F("version") + 1)
        tell_judge(
            judge,
            "sheet-reopened",
            look,
            "",
            round=str(Round.objects.select_related("category", "track").get(pk=sheet.round_id)),
            work=sheet.assignment.code,
            reason=look.reason,
            link=link_to("judge"),
        )
    return look


def score_rows(round_: Round, part: slice = slice(None)) -> Iterator[Mapping[str, Value]]:
    """Every sheet of a round, or a part of them in order, for the organiser; three queries, however many sheets."""
    names = dict(round_.criteria.values_list("pk", "name"))
    panels = dict(round_.panels.values_list("pk", "name"))
    states = ScoreSheet.STATES.labels
    in_order: dict[str, Any] = {
        "order_by": "marks__criterion__position",
        "filter": Q(marks__isnull=False),
        "default": [],
    }
    sheets = ScoreSheet.objects.filter(round=round_).annotate(
        of=ArrayAgg("marks__criterion_id", **in_order), given=ArrayAgg("marks__points", **in_order)
    )
    sheets = sheets.order_by("assignment__candidate__number", "assignment__judge__number", "pk")[part]
    for (
        number,
        title,
        judge,
        panel,
        state,
        total,
        comment,
        abstained,
        signed_at,
        criteria,
        points,
    ) in sheets.values_list(
        "assignment__candidate__number",
        "assignment__candidate__title",
        "assignment__judge__number",
        "assignment__judge__panel_id",
        "state",
        "total",
        "comment",
        "abstained",
        "signed_at",
        "of",
        "given",
    ):
        yield {
            "work": f"{round_.letter}-{number:04d}",
            "title": title,
            "judge": f"评委 {judge:02d}",
            "panel": panels[panel],
            "state": states[state],
            "total": total,
            "marks": "；".join(f"{names[c]} {p.normalize():f}" for c, p in zip(criteria, points, strict=True)),
            "comment": comment,
            "abstained": abstained,
            "signed": signed_at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M:%S") if signed_at else "",
        }


def count_export(round_: Round, *, by: User) -> None:
    """Note that somebody took all scores away."""
    with transaction.atomic(), recorded("scores.exported", by=by):
        Round.objects.filter(pk=round_.pk).update(exported_at=clock.now())
