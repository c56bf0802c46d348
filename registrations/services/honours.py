"""荣誉名录: who holds which title or prize (P3, G24(4)); kept by hand, or from a list that an organiser brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.accounts.names import normal_name, normal_text
from core.audit.history import recorded
from core.problems import Problem, Refused, errors
from core.sheets import Line, Table
from core.sheets import Row as SheetRow
from tracks.models import Edition

from ..eligibility_models import EligibilityClaim, Honour
from ..rules import fold
from ..rules.pinyin import pinyin_of

FIRST_YEAR = 1949
TEXTS = {"holder": "获得者", "organisation": "单位", "detail": "说明", "source": "依据"}
LIMITS = {field.name: field.max_length or 0 for field in Honour._meta.local_fields if field.name in TEXTS}
KEY = ("title", "holder", "organisation", "year", "detail")
TWICE = Problem("honour.twice", "名录里已经有同样的一条", "holder")


def save_honour(honour: Honour, *, by: User) -> Honour:
    """Register an honour or correct it; texts are kept in their normal form. Raises Refused for one that is there."""
    with transaction.atomic(), recorded("honour.saved", by=by):
        honour.holder = normal_name(honour.holder)
        for name in ("organisation", "detail", "source"):
            setattr(honour, name, normal_text(getattr(honour, name)))
        same = Honour.objects.filter(**{name: getattr(honour, name) for name in KEY})
        if same.exclude(pk=honour.pk).exists():
            raise Refused(TWICE)
        honour.save()
    return honour


def remove_honour(honour: Honour, *, by: User, reason: str = "") -> None:
    """Strike an honour off. Raises Refused while somebody's eligibility rests on it."""
    if count := EligibilityClaim.objects.filter(honour=honour).count():
        raise Refused(Problem("honour.used", f"有 {count} 份报名以它为参赛条件的证明，不能删除；写错的可以改正"))
    with transaction.atomic(), recorded("honour.removed", by=by, reason=reason):
        honour.delete()


def titles_of(edition: Edition | None) -> dict[str, str]:
    """The titles that the edition's registry keeps: code → name."""
    return {title.code: title.name for title in edition.rulebook.honours} if edition else {}


@dataclass(frozen=True)
class HonourLine(Line):
    """A row of the list, with the honour as it would be stored."""

    honour: Honour = field(default_factory=Honour)


def judge_honours(table: Table) -> list[HonourLine]:
    """What each row would do. The same honour again changes at most what it rests on (依据)."""
    return _Judge(titles_of(Edition.objects.current())).lines(table.rows)


def import_honours(table: Table, *, by: User) -> list[HonourLine]:
    """Let the rows without errors in, all in one transaction; returns every line as judged anew."""
    with transaction.atomic(), recorded("honour.imported", by=by):
        lines = judge_honours(table)
        fresh = [line.honour for line in lines if line.verdict == "new"]
        for honour in fresh:
            honour.pinyin = pinyin_of(honour.holder)
        Honour.objects.bulk_create(fresh)
        Honour.objects.bulk_update([line.honour for line in lines if line.verdict == "changed"], ["source"])
    return lines


class _Judge:
    """The registry as it is, read once for a whole file."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self.titles = titles
        self.codes = {fold(word): code for code, name in titles.items() for word in (code, name)}
        self.known = {_key(honour): honour for honour in Honour.objects.all()}
        self.seen: dict[tuple[object, ...], int] = {}  # key → row number
        self.this_year = clock.now().year

    def lines(self, rows: Iterable[SheetRow]) -> list[HonourLine]:
        return [self._line(row) for row in rows]

    def _line(self, row: SheetRow) -> HonourLine:
        values = {key: normal_text(value) for key, value in row.values.items()}
        typed = {name: values.get(name, "") for name in TEXTS} | {"holder": normal_name(values.get("holder", ""))}
        code, year = self.codes.get(fold(values.get("title", "")), ""), self._year(values.get("year", ""))
        honour = Honour(title=code, year=year if isinstance(year, int) else None, **typed)
        problems = [*row.problems, *self._problems(honour, values.get("title", ""))]
        problems += [year] if isinstance(year, Problem) else []
        key = _key(honour)
        if (first := self.seen.setdefault(key, row.number)) != row.number:
            problems.append(Problem("honour.twice", f"与第 {first} 行相同，请删去一行", "holder"))
        if errors(problems):
            return HonourLine(row.number, honour.holder, "wrong", problems, {}, honour)
        known = self.known.get(key)
        if known is None:
            return HonourLine(row.number, honour.holder, "new", problems, {}, honour)
        if known.source == honour.source:
            return HonourLine(row.number, honour.holder, "unchanged", problems, {}, known)
        changes = {"依据": (known.source, honour.source)}
        known.source = honour.source
        return HonourLine(row.number, honour.holder, "changed", problems, changes, known)

    def _problems(self, honour: Honour, typed_title: str) -> list[Problem]:
        problems = []
        if not honour.title:
            words = f"没有“{typed_title}”这个称号" if typed_title else "请填写称号"
            problems.append(
                Problem("honour.title", f"{words}，请从这些里选：{'、'.join(self.titles.values())}", "title")
            )
        problems += [
            Problem(f"honour.{name}", f"请填写{TEXTS[name]}", name)
            for name in ("holder", "source")
            if not getattr(honour, name)
        ]
        return problems + [
            Problem("text.too_long", f"“{TEXTS[name]}”最多 {limit} 个字，请缩短", name)
            for name, limit in LIMITS.items()
            if len(getattr(honour, name)) > limit
        ]

    def _year(self, typed: str) -> int | Problem | None:
        """The year as a number; None where the cell is empty."""
        text = fold(typed).removesuffix("年")
        if not text:
            return None
        if text.isdecimal() and FIRST_YEAR <= int(text) <= self.this_year:
            return int(text)
        return Problem("honour.year", f"年份请填 {FIRST_YEAR} 到 {self.this_year} 之间的四位数字，如 2023", "year")


def _key(honour: Honour) -> tuple[object, ...]:
    return tuple(getattr(honour, name) for name in KEY)
