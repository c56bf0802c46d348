"""What a row says, to be compared with what it said on stamped paper, when it was read, when it was sent back."""

from collections import defaultdict
from collections.abc import Sequence

from core.accounts.contacts import mask_phone
from core.marks import mark_of, secrets, still
from core.problems import Problem
from tracks.rulebook import Rulebook

from ..models import PrintedForm, Recommendation, RecommendationRow
from ..rules.stamp import PrintedRow, check_stamped

CONTENT = "registrations.content"


def printed_row(row: RecommendationRow, form: Recommendation, secret: str) -> PrintedRow:
    """A row as a print keeps it: the phone with its middle hidden, and a keyed mark of the whole."""
    phone_mark = mark_of("registrations.printed", f"{form.pk}:{row.phone}", secret)
    cells = {
        "name": row.name,
        "team": row.team_name,
        "organisation": row.organisation,
        "phone": mask_phone(row.phone),
        "categories": "、".join(row.categories),
        "unit": form.unit.full_name,
    }
    return PrintedRow(row.pk, cells, phone_mark[:32])


def mark(row: RecommendationRow) -> str:
    """Tells whether anything that the clerk wrote has changed."""
    return mark_of(CONTENT, _said(row))


def stands_as(row: RecommendationRow, seen: str) -> bool:
    """Whether a row still says what it said when this mark was made."""
    return still(CONTENT, _said(row), seen)


def _said(row: RecommendationRow) -> str:
    texts = (row.name, row.team_name, row.organisation, row.phone, row.email, row.reply)
    return f"{row.pk}:{(*texts, list(row.categories), row.track_id)!r}"


def column_labels(rulebook: Rulebook) -> dict[str, str]:
    """Column of the official form → its word, without the remark in brackets."""
    code = rulebook.recommendation.form
    return {column.code: column.label.partition("(")[0] for column in rulebook.form(code).columns} if code else {}


def stamp_problems(rows: Sequence[RecommendationRow]) -> dict[int, list[Problem]]:
    """For each row's key, what stands against passing it for want of a stamp (Q31); one query, however many rows."""
    wanted = [row for row in rows if row.recommendation.edition.rulebook.recommendation.stamped_scan_required]
    stamped = PrintedForm.objects.filter(recommendation__in={row.recommendation_id for row in wanted})
    papers: defaultdict[int, list[list[PrintedRow]]] = defaultdict(list)
    for form_id, printed in stamped.exclude(scans=None).order_by("version").values_list("recommendation", "rows"):
        papers[form_id].append([PrintedRow(**row) for row in printed])
    found: dict[int, list[Problem]] = {row.pk: [] for row in rows}
    for row in wanted:
        form = row.recommendation
        now = [printed_row(row, form, secret) for secret in secrets()]
        found[row.pk] = check_stamped(now, papers[form.pk], column_labels(form.edition.rulebook))
    return found
