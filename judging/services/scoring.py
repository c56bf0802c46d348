"""A judge at work: keep, submit, abstain, sign. The database decides whether a score is still taken (`guards`)."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import violated
from core.prepared import Prepared
from core.problems import Problem, Refused, refuse_if
from core.states import move

from ..guards import CHECKS, HELD, SIGNED, TAKES_SCORES, WINDOW
from ..models import Assignment, Criterion, Judge, Round, ScoreMark, ScoreSheet, SecondLook
from ..rules import ranking
from ..rules.sheets import Asked, check_marks, check_signing

STALE = Problem("sheet.stale", "这件作品刚在另一个窗口或设备上改过，没有覆盖。请看过那边的分数再决定")
_HELD = Prepared(
    2, lambda user, pk: Assignment.objects.of(User(pk=user)).select_related("round", "judge").filter(pk=pk)
)
NO_REASON = Problem("abstain.reason", "请写明弃权理由", "abstained")


def save(
    assignment: Assignment,
    marks: Mapping[str, Decimal],
    comment: str = "",
    *,
    by: User,
    submit: bool = False,
    key: UUID | None = None,
    base: int | None = None,
    mine: Collection[UUID] = (),
) -> ScoreSheet:
    """Keep a sheet as the judge left it; with `submit` it must be complete and counts as handed in.

    marks: criterion's code → points, without those not yet given; the sheet then holds exactly these. key: of this
    sending; the same again changes nothing. base: the `version` that the page was made from; mine: keys of earlier
    sendings of the same page whose answer never came. Raises Refused: sheet.stale when somebody saved in between,
    sheet.signed, assignment.released, round.closed, round.window, and for marks out of range, at their codes.
    """
    verb = "sheet.submitted" if submit else "sheet.saved"
    with guards_in_words(), transaction.atomic(), recorded(verb, by=by):
        assignment = _held(assignment, by)
        sheet = _sheet(assignment)
        if key is not None and sheet.key == key:
            return sheet
        if base is not None and sheet.version != base and sheet.key not in mine:
            raise Refused(STALE)
        now = clock.now()
        _refuse_closed(assignment.round, sheet, now)
        criteria = list(assignment.round.criteria.all())
        refuse_if(check_marks(marks, _asked(criteria), assignment.round.points_max, complete=submit))
        complete = all(criterion.code in marks for criterion in criteria)
        sheet.total = _total(criteria, marks) if complete else None
        sheet.comment, sheet.abstained, sheet.key = comment[:1000], "", key
        sheet.version += 1
        sheet.saved_at = now
        stays = submit or (sheet.state == "submitted" and complete)
        _write(sheet, criteria, marks, "submitted" if stays else "draft")
    return sheet


def abstain(assignment: Assignment, reason: str, *, by: User) -> ScoreSheet:
    """Say that one cannot judge this work, without a conflict: no score counts. Raises Refused without a reason."""
    reason = reason.strip()[:300]
    refuse_if([] if reason else [NO_REASON])
    with guards_in_words(), transaction.atomic(), recorded("sheet.abstained", by=by, reason=reason):
        assignment = _held(assignment, by)
        sheet = _sheet(assignment)
        now = clock.now()
        _refuse_closed(assignment.round, sheet, now)
        if sheet._state.adding:
            sheet.saved_at = now
            sheet.save(force_insert=True)
        if sheet.state == "abstained":
            return sheet
        move(sheet, "abstain", abstained=reason, total=None, saved_at=now, version=sheet.version + 1)
    return sheet


def resume(assignment: Assignment, *, by: User) -> ScoreSheet:
    """Take an abstention or a submission back before signing; the marks are still there."""
    with guards_in_words(), transaction.atomic(), recorded("sheet.edited", by=by):
        assignment = _held(assignment, by)
        sheet = _sheet(assignment)
        _refuse_closed(assignment.round, sheet, clock.now())
        move(sheet, "edit", abstained="", version=sheet.version + 1)
    return sheet


def sign(judge: Judge, *, by: User) -> int:
    """Sign all sheets that are not signed yet; from then on they stand. Returns how many.

    Raises Refused, naming the works that are neither submitted nor abstained from; then none is signed.
    """
    with guards_in_words(), transaction.atomic(), recorded("sheets.signed", by=by):
        held = Assignment.objects.of(by).filter(judge=judge)
        sheets = {s.assignment_id: s for s in ScoreSheet.objects.select_for_update().filter(assignment__in=held)}
        ready = ("submitted", "abstained", "signed")
        unready = [a.code for a in held if a.pk not in sheets or sheets[a.pk].state not in ready]
        refuse_if(check_signing(unready))
        now = clock.now()
        waiting = ScoreSheet.objects.filter(
            pk__in=[sheet.pk for sheet in sheets.values()], state__in=ScoreSheet.STATES["sign"].sources
        )
        looks = list(SecondLook.objects.filter(sheet__in=list(waiting), answered_at=None).select_related("sheet"))
        count = waiting.update(state="signed", signed_at=now)
        for look in looks:
            look.after, look.answered_at = sheets[look.sheet.assignment_id].total, now
        SecondLook.objects.bulk_update(looks, ["after", "answered_at"])
    return count


@contextmanager
def guards_in_words() -> Iterator[None]:
    """What the database refuses comes out as Refused with the guard's sentence; put it around the transaction."""
    try:
        yield
    except IntegrityError as error:
        if problem := CHECKS.get(violated(error)):
            raise Refused(problem) from error
        raise


def _held(assignment: Assignment, by: User) -> Assignment:
    """The assignment as it now stands, if it is before this judge. Raises Refused: assignment.released."""
    found = _HELD.first(by.pk, assignment.pk)
    if found is None:
        raise Refused(CHECKS[HELD])
    return found


def _sheet(assignment: Assignment) -> ScoreSheet:
    """The assignment's sheet, locked; a new one, not yet stored, when there is none."""
    found = ScoreSheet.objects.select_for_update().filter(assignment=assignment).first()
    return found or ScoreSheet(assignment=assignment, round=assignment.round)


def _refuse_closed(round_: Round, sheet: ScoreSheet, now: datetime) -> None:
    """The guards' verdict before they have to speak."""
    if round_.state != "open":
        raise Refused(CHECKS[TAKES_SCORES])
    if not round_.takes_scores(now):
        raise Refused(CHECKS[WINDOW])
    if sheet.state == "signed":
        raise Refused(CHECKS[SIGNED])


def _asked(criteria: list[Criterion]) -> list[Asked]:
    return [Asked(criterion.code, criterion.name) for criterion in criteria]


def _total(criteria: list[Criterion], marks: Mapping[str, Decimal]) -> Decimal:
    rules = ranking.Rules("mean", tuple(ranking.Criterion(c.code, c.name, c.share, c.counts) for c in criteria))
    return ranking.total_of(ranking.Sheet("", "", dict(marks)), rules)


def _write(sheet: ScoreSheet, criteria: list[Criterion], marks: Mapping[str, Decimal], state: str) -> None:
    """The sheet first, then its marks: exactly these. A sheet begun now is one INSERT and has no marks to look for."""
    fresh = sheet._state.adding
    if fresh:
        try:
            with transaction.atomic():
                sheet.save(force_insert=True)  # the first state is draft
        except IntegrityError as error:
            if violated(error) in CHECKS:
                raise
            raise Refused(STALE) from error  # two tabs began the same sheet at once
    else:
        if sheet.state == "abstained" or (sheet.state == "submitted" and state == "draft"):
            move(sheet, "edit")
        fields = ["total", "comment", "abstained", "key", "version", "saved_at"]
        ScoreSheet.objects.filter(pk=sheet.pk).update(**{name: getattr(sheet, name) for name in fields})
    by_code = {criterion.code: criterion for criterion in criteria}
    gone = [criterion.pk for criterion in criteria if criterion.code not in marks]
    if gone and not fresh:
        sheet.marks.filter(criterion__in=gone).delete()
    stored = {} if fresh else dict(sheet.marks.values_list("criterion__code", "points"))
    rows = [
        ScoreMark(sheet=sheet, criterion=by_code[code], points=points)
        for code, points in marks.items()
        if stored.get(code) != points
    ]
    ScoreMark.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["sheet", "criterion"], update_fields=["points"]
    )
    if sheet.state == "draft" and state == "submitted":
        move(sheet, "submit")
