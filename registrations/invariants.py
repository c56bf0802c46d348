"""What must always hold of units, places and rows."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from core.audit.invariants import Finding, states_are_legal
from core.problems import errors

from . import entry_invariants, likeness_invariants, states, work_invariants
from .models import PrintedForm, Recommendation, RecommendationRow, UnitQuota
from .rules.stamp import PrintedRow, content_hash
from .services.facts import FormFacts

HELD = Q(rows__state__in=states.HOLDS_A_PLACE)
TRACED = {"approved": "row.approved", "returned": "row.returned"}


def invariants() -> Iterator[Finding]:
    """Places are counted truly and never oversold; what was submitted is right; what was decided has a trace."""
    forms = Recommendation.objects.annotate(held=Count("rows", filter=HELD)).select_related("unit", "edition")
    held = {(form.unit_id, form.edition_id): form.held for form in forms}
    quotas = {(q.unit_id, q.edition_id): q for q in UnitQuota.objects.select_related("unit")}
    wrong = [f"{q}，实为 {held.get(key, 0)}" for key, q in quotas.items() if q.taken != held.get(key, 0)]
    yield "已用名额等于占名额的行数", wrong
    over = [f"{form.unit}（占 {form.held}）" for form in forms if form.held > _limit(quotas, form)]
    yield "没有单位超出名额", over
    yield "提交的行都合乎规则", [words for form in forms if form.held for words in _wrong_rows(form)]
    stray = RecommendationRow.objects.exclude(track__edition=F("recommendation__edition"))
    yield "行的赛道属于本届", [_named(row) for row in stray]
    undated = RecommendationRow.objects.holding().filter(submitted_at=None)
    yield "提交的行都有提交时间", [_named(row) for row in undated]
    yield "审核过的行都有办理记录", list(_untraced())
    yield states_are_legal(RecommendationRow)
    prints = PrintedForm.objects.iterator()
    yield "打印件的内容与其 SHA-256 相符", [f"打印件 {p.pk}" for p in prints if not _is_whole(p)]
    yield from entry_invariants.invariants()
    yield from likeness_invariants.invariants()
    yield from work_invariants.invariants()


def _is_whole(printed: PrintedForm) -> bool:
    return content_hash([PrintedRow(**row) for row in printed.rows]) == printed.sha256


def _limit(quotas: dict[tuple[int, int], UnitQuota], form: Recommendation) -> int:
    quota = quotas.get((form.unit_id, form.edition_id))
    return quota.limit or 0 if quota else 0


def _wrong_rows(form: Recommendation) -> Iterator[str]:
    """Rows that no longer pass the rules; a returned one may be half mended."""
    facts = FormFacts(form)
    for row in form.rows.filter(state__in=("submitted", "approved")).exclude(phone=""):  # "": its person was deleted
        for problem in errors(facts.problems(row)):
            yield f"{_named(row)}：{problem.message}"


def _untraced() -> Iterator[str]:
    """Decided rows without an event that names the deed and who did it."""
    history = RecommendationRow.pgh_event_model.objects  # type: ignore[attr-defined]
    for state, verb in TRACED.items():
        deed = history.filter(
            pgh_obj=OuterRef("pk"), state=state, pgh_context__verb=verb, pgh_context__actor__isnull=False
        )
        for row in RecommendationRow.objects.filter(~Exists(deed), state=state):
            yield _named(row)


def _named(row: RecommendationRow) -> str:
    """A row without anybody's name: an invariant's report may be mailed."""
    return f"推荐表 {row.recommendation_id} 第 {row.position} 行"
