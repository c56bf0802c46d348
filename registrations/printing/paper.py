"""What stands on the paper, gathered once for the PDF and the Word file (G19)."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import segno

from core.printing.glyphs import missing_glyphs
from core.problems import Problem
from tracks.rulebook.units import Column
from tracks.sheets import form_notes, recommendation_form
from tracks.wording import date_only

from ..models import PrintedForm, RecommendationRow, UnitQuota
from ..rules import normal_text
from ..rules.stamp import HASH_LENGTH, Mark
from ..services.stamping import code_of, mark_of

QR_LEVEL = "q"  # a quarter of the code may be blotted out by ink


@dataclass(frozen=True)
class Paper:
    """One printed form."""

    title: str
    edition: str  # whose contest it is
    unit: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]  # one text a column
    notes: Sequence[str]
    version: int
    code: str  # 版本码
    digest: str  # the content's hash in groups of four
    made_on: str
    mark: Mark

    @property
    def name(self) -> str:
        """A file name without its extension."""
        return f"推荐申报表-{self.unit}-第{self.version}版"

    @property
    def headings(self) -> list[tuple[str, str, str]]:
        """(code, label, remark below it) of each column, as the official form breaks them."""
        parted = [(column.code, *column.label.partition("(")) for column in self.columns]
        return [(code, label, bracket + remark) for code, label, bracket, remark in parted]

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """The rows, every text with its column's code."""
        return [[(column.code, text) for column, text in zip(self.columns, row, strict=True)] for row in self.rows]

    @property
    def stamp_line(self) -> str:
        """What every page says at its foot."""
        said = f"第 {self.version} 版　版本码 {self.code}　内容校验 {self.digest}　{self.made_on}生成"
        return f"{said}。盖章后如有修改，须重新打印盖章"

    def qr_svg(self, page: int, pages: int) -> bytes:
        """The QR code of one page, drawn in millimetres."""
        return self._drawn("svg", replace(self.mark, page=page, pages=pages), scale=0.5, unit="mm", svgversion=1.1)

    def qr_png(self) -> bytes:
        """The QR code that is the same on every page."""
        return self._drawn("png", self.mark, scale=10)

    def _drawn(self, kind: str, mark: Mark, **how: object) -> bytes:
        drawn = io.BytesIO()
        segno.make_qr(mark.text, error=QR_LEVEL).save(drawn, kind=kind, border=2, **how)
        return drawn.getvalue()

    def unprintable(self) -> list[Problem]:
        """Characters of names that would come out blank, row by row."""
        return [
            Problem(
                "print.glyph",
                f"第 {number} 行“{label}”里的“{character}”，服务器的字体里没有，PDF 会印成空白。"
                "请改用 Word 版打印，或告诉赛道联系人加装字体",
            )
            for number, row in enumerate(self.rows, 1)
            for (_, label, _), text in zip(self.headings, row, strict=True)
            for character in missing_glyphs(text)
        ]


def paper_of(printed: PrintedForm, rows: Sequence[RecommendationRow]) -> Paper:
    """The paper of a print and the rows it was made of. The edition has a form; a unit has its places."""
    form = printed.recommendation
    rulebook, unit = form.edition.rulebook, form.unit.full_name
    official = recommendation_form(rulebook)
    if official is None:
        raise ValueError(f"edition {form.edition.slug} has no form to print")
    columns = [column for column in official.columns if column.place == "row"]
    quota = UnitQuota.objects.get(unit=form.unit_id, edition=form.edition_id)
    places = f"{rulebook.unit_category(quota.category).name}，名额 {quota.limit or 0} 个，本表推荐 {len(rows)} 个"
    digest = printed.sha256[:HASH_LENGTH].upper()
    return Paper(
        title=official.name,
        edition=rulebook.edition.short_name,
        unit=unit,
        columns=columns,
        rows=[_cells(number, row, unit, columns) for number, row in enumerate(rows, 1)],
        notes=[*form_notes(rulebook, official), f"{len(official.notes) + 1}.本单位属{places}"],
        version=printed.version,
        code=code_of(printed),
        digest=" ".join(digest[at : at + 4] for at in range(0, HASH_LENGTH, 4)),
        made_on=f"{printed.made_at:%Y} 年 {date_only(printed.made_at)}",
        mark=mark_of(printed),
    )


def _cells(number: int, row: RecommendationRow, unit: str, columns: Sequence[Column]) -> list[str]:
    texts = {
        "seq": str(number),
        "name": row.name,
        "team": row.team_name,
        "organisation": row.organisation,
        "phone": row.phone.removeprefix("+86"),
        "categories": "、".join(row.categories),
        "unit": unit,
    }
    return [normal_text(texts.get(column.code, "")) for column in columns]
