"""What the countdown and the quota bar show, worked out before any template sees it."""

from dataclasses import dataclass, field
from datetime import datetime

_PITCH, _WIDTH, _LEFT, _LIMIT_GAP = 29, 26, 2, 10  # the look's cells, in units of the bar's viewBox
_FEWEST_CELLS = 18  # a quota of three does not fill the whole width
_MOST_CELLS = 120  # beyond, single places cannot be told apart: three lengths instead


@dataclass(frozen=True)
class Part:
    """A number of a countdown with its unit."""

    number: str
    unit: str


@dataclass(frozen=True)
class Countdown:
    """The time left until a bound: days, hours and minutes, or hours, minutes and seconds on the last day."""

    seconds: int

    @classmethod
    def between(cls, now: datetime, until: datetime) -> "Countdown":
        """Never negative: what is past has 0 seconds left."""
        return cls(max(int((until - now).total_seconds()), 0))

    @property
    def over(self) -> bool:
        """The bound has been reached."""
        return self.seconds == 0

    @property
    def parts(self) -> list[Part]:
        """The first number plain, the others of two digits. `static/js/countdown.js` says the same."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        if days:
            return [Part(str(days), "天"), Part(f"{hours:02}", "小时"), Part(f"{minutes:02}", "分")]
        return [Part(str(hours), "小时"), Part(f"{minutes:02}", "分"), Part(f"{seconds:02}", "秒")]

    @property
    def words(self) -> str:
        """5 天 8 小时 0 分."""
        return " ".join(f"{int(part.number)} {part.unit}" for part in self.parts)


@dataclass(frozen=True)
class Cell:
    """One place of the bar, or a length of it; kind: used, draft, free, over."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True)
class QuotaBar:
    """A unit's places: taken by submitted rows, filled by drafts that fit, free, and drafts over the limit."""

    taken: int
    limit: int
    draft: int
    closed: bool
    cells: list[Cell] = field(default_factory=list)
    width: int = 0
    mark: int = 0  # where the limit is drawn
    radius: int = 4

    @classmethod
    def of(cls, taken: int, limit: int | None, draft: int) -> "QuotaBar":
        """limit None: the organiser has not opened this category (Q3)."""
        if limit is None:
            return cls(taken, 0, draft, closed=True)
        bar = cls(taken, limit, draft, closed=False)
        kinds = ["used"] * taken + ["draft"] * bar.fits + ["free"] * (bar.left - bar.fits)
        if len(kinds) > _MOST_CELLS:
            return cls._of_lengths(bar)
        end = _LEFT + _PITCH * len(kinds)
        cells = [Cell(kind, _LEFT + _PITCH * i, _WIDTH) for i, kind in enumerate(kinds)]
        cells += [Cell("over", end + _LIMIT_GAP + _PITCH * i, _WIDTH) for i in range(bar.over)]
        width = end + (_LIMIT_GAP + _PITCH * bar.over + 2 if bar.over else 0)
        return cls(taken, limit, draft, False, cells, max(width, _PITCH * _FEWEST_CELLS), end + 3)

    @classmethod
    def _of_lengths(cls, bar: "QuotaBar") -> "QuotaBar":
        lengths = [("used", bar.taken), ("draft", bar.fits), ("free", bar.left - bar.fits), ("over", bar.over)]
        scale = 1000 / sum(n for _, n in lengths)
        cells, x = [], 0
        for kind, count in lengths:
            if count:
                cells.append(Cell(kind, x, max(round(count * scale) - 2, 2)))
                x += round(count * scale)
        mark = round((bar.limit or 0) * scale)
        return cls(bar.taken, bar.limit, bar.draft, False, cells, 1000, mark)

    @property
    def left(self) -> int:
        """Places that may still be submitted."""
        return max(self.limit - self.taken, 0)

    @property
    def fits(self) -> int:
        """Drafts that still find a place."""
        return min(self.draft, self.left)

    @property
    def over(self) -> int:
        """Drafts beyond the limit."""
        return self.draft - self.fits

    @property
    def label(self) -> str:
        """The bar for those who do not see it."""
        over = f"，超出 {self.over} 行" if self.over else ""
        return f"名额 {self.limit} 个：已用 {self.taken} 个，草稿 {self.fits} 行{over}"
