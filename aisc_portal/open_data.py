"""开放数据: the contest in numbers, without anybody in it; a ZIP of CSV files with a manifest of their SHA-256.

Counts below SMALL are not told (“<5”), nor are totals from which they could be worked out: a city with two teams in a
category may name them. No names, texts, numbers or days of single things leave.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce, Substr, TruncMonth

from awards.models import AwardLine
from core.clock import BEIJING
from core.sheets import Column, write_csv
from registrations.entry_models import Entry
from registrations.models import RecommendationRow, Region, UnitQuota
from registrations.states import HOLDS_A_PLACE
from registrations.work_models import Work
from tracks.models import Edition

SMALL = 5
HIDDEN = f"<{SMALL}"
_README = """{name} · 开放数据

每个文件一张表，UTF-8 编码的 CSV。只有计数，没有任何个人信息。
少于 {small} 的计数写作“{hidden}”，以免从小数字认出人；因此不提供合计。
manifest.json 里有每个文件的 SHA-256。
生成时间：{now:%Y-%m-%d %H:%M}（北京时间）
"""
Table = tuple[str, Sequence[str], Iterable[Sequence[str | int]]]  # file, columns (the last is a count), lines


def pack(edition: Edition, now: datetime) -> bytes:
    """The ZIP; the same contents give the same bytes."""
    files = {name: _csv(columns, lines) for name, columns, lines in _tables(edition)}
    said = {"name": edition.rulebook.edition.name, "small": SMALL, "hidden": HIDDEN, "now": now.astimezone(BEIJING)}
    files["README.txt"] = _README.format(**said).encode()
    manifest = {
        "edition": edition.slug,
        "rules_sha256": edition.sha256,
        "files": {name: {"bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for name, b in files.items()},
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def hidden(count: int) -> str | int:
    """The count, or that it is small."""
    return count if count >= SMALL else HIDDEN


def _csv(columns: Sequence[str], lines: Iterable[Sequence[str | int]]) -> bytes:
    rows = [dict(zip(columns, (*line[:-1], hidden(int(line[-1]))), strict=True)) for line in lines]
    return write_csv([Column(label, label) for label in columns], rows)


def _tables(edition: Edition) -> list[Table]:
    rulebook = edition.rulebook
    kinds = {kind.code: kind.name for kind in rulebook.unit_categories}
    categories = {category.code: f"{category.code} {category.name}" for category in rulebook.categories}
    cities = dict(Region.objects.filter(level="prefecture").values_list("code", "name"))
    one = Count("pk")

    def city(prefix: str | None) -> str:
        return "自主报名" if prefix is None else cities.get(f"{prefix}00", "省直")

    quotas = UnitQuota.objects.filter(edition=edition, limit__gt=0).order_by()
    units = quotas.values_list(Substr("unit__region_id", 1, 4), "category").annotate(n=one).order_by()
    rows = RecommendationRow.objects.filter(edition=edition, state__in=HOLDS_A_PLACE).order_by()
    by_city = rows.values_list(Substr("recommendation__unit__region_id", 1, 4), "track__name").annotate(n=one)
    entries = Entry.objects.filter(edition=edition).in_contest().order_by()
    of_city = entries.values_list(Substr("row__recommendation__unit__region_id", 1, 4), "track__name", "kind").annotate(
        n=one
    )
    months = entries.exclude(entered_at=None).values_list(TruncMonth("entered_at", tzinfo=BEIJING), "track__name")
    works = Work.objects.handed_in().filter(edition=edition).order_by()
    of_category = works.values_list("category", "entry__track__name", Coalesce(F("ai_used"), Value(False)))
    prizes = AwardLine.objects.final().filter(version__award_list__edition=edition).order_by()
    kind_names = dict(Entry.KINDS)
    return [
        ("units.csv", ("地市", "单位类别", "单位数"), sorted((city(c), kinds.get(k, k), n) for c, k, n in units)),
        ("rows.csv", ("地市", "赛道", "推荐队伍数"), sorted((city(c), t, n) for c, t, n in by_city)),
        (
            "entries.csv",
            ("地市", "赛道", "参赛形式", "报名数"),
            sorted((city(c), t, kind_names[k], n) for c, t, k, n in of_city),
        ),
        (
            "entries-by-month.csv",
            ("月份", "赛道", "报名数"),
            sorted((f"{m:%Y-%m}", t, n) for m, t, n in months.annotate(n=one)),
        ),
        (
            "works.csv",
            ("类别", "赛道", "使用了 AI", "作品数"),
            sorted((categories.get(c, c), t, "是" if ai else "否", n) for c, t, ai, n in of_category.annotate(n=one)),
        ),
        (
            "awards.csv",
            ("奖项", "等次", "获奖数"),
            sorted(prizes.values_list("award_name", "level_name").annotate(n=one)),
        ),
    ]
