"""The official blank form, written from the edition's own columns and notes (附件2, G19)."""

from core.sheets import Column, write_xlsx

from .rulebook import Rulebook
from .rulebook.units import Form

WIDTHS = {"seq": 6, "name": 22, "team": 38, "organisation": 32, "phone": 18, "categories": 14, "unit": 34}
SPARE_ROWS = 25


def recommendation_form(rulebook: Rulebook) -> Form | None:
    """The form on which units recommend; None where the edition has none."""
    code = rulebook.recommendation.form
    return rulebook.form(code) if code else None


def blank_form(rulebook: Rulebook, form: Form) -> bytes:
    """The form as a workbook, its rows empty and formatted as text, with the notes of the notice."""
    rows = [column for column in form.columns if column.place == "row"]
    columns = [Column(column.code, column.label, width=WIDTHS.get(column.code, 18)) for column in rows]
    return write_xlsx(
        columns, [], title=form.name, sheet="推荐申报表", notes=form_notes(rulebook, form), spare_rows=SPARE_ROWS
    )


def form_notes(rulebook: Rulebook, form: Form) -> list[str]:
    """附件2 注: the first note goes on with the categories to choose from."""
    lines = ["注："]
    for number, note in enumerate(form.notes, start=1):
        if number == 1:
            lines.append(f"1.{note}，“报名类别”一栏选项如下：")
            lines += [f"{category.code}.{category.name}" for category in rulebook.categories]
        else:
            lines.append(f"{number}.{note}")
    return lines
