"""The shapes of answers; `/api/v1/openapi.json` is made from them. Times are ISO 8601 at +08:00; points are exact
decimals in strings. Half-open: an `ends_at` or `closes_at` is the first moment that no longer counts."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Query, Schema
from pydantic import ConfigDict

PAGE_MOST = 200


class Exact(Schema):
    """Nothing but these keys, and every one of them."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Error(Exact):
    """What was wrong, and how to put it right."""

    code: str
    detail: str


class Window(Schema):
    """Which part of a long list."""

    after: int = Field(0, ge=0, le=2**62, description="从这之后开始；填上一页的 next")
    limit: int = Field(50, ge=1, le=PAGE_MOST, description="每页条数")


PageQuery = Annotated[Window, Query()]


class Paged(Exact):
    """A part of a long list."""

    next: int | None = Field(description="下一页的 after；没有下一页时为 null")


# --- Public -------------------------------------------------------------------------------------------------


class Organiser(Exact):
    """One organisation in its role."""

    role: str
    role_name: str
    name: str


class Edition(Exact):
    """One year's contest."""

    slug: str
    code: str
    name: str
    short_name: str
    session: str
    theme: str
    document: str = Field(description="文号")
    issued_on: date
    current: bool
    organisers: list[Organiser]


class Editions(Exact):
    """All of them."""

    items: list[Edition]


class Milestone(Exact):
    """A date of the contest."""

    code: str
    name: str
    kind: str
    starts_at: datetime | None
    ends_at: datetime | None
    precision: str = Field(description="日期精确到哪一级")
    channel: str = Field(description="通道；空表示不分通道")
    opens: list[str]
    closes: list[str]
    categories: list[str] = Field(description="只适用于哪些类别；空表示全部")
    hard: bool = Field(description="逾期不受理")
    grace_minutes: int
    undecided: bool = Field(description="通知没有写明，现在是暂定")
    quote: str = Field(description="通知原文")
    source: str


class Schedule(Exact):
    """In order of time; those without a date come last."""

    items: list[Milestone]


class Track(Exact):
    """A track, by who enters."""

    code: str
    name: str
    short_name: str
    conditions: list[str]
    source: str


class Category(Exact):
    """A category, by what is made."""

    code: str
    name: str
    short_name: str
    direction: str
    description: str
    source: str


class Tracks(Exact):
    """Every track may be entered in every category."""

    tracks: list[Track]
    categories: list[Category]


class AwardList(Exact):
    """A list of winners as it was last made public."""

    id: int
    award: str
    name: str
    category: str | None
    track: str | None
    state: Literal["draft", "locked", "published", "final"]
    state_name: str
    opens_at: datetime | None = Field(description="公示开始")
    closes_at: datetime | None = Field(description="公示截止，此刻起不再受理异议")
    final_at: datetime | None
    version: int | None = Field(description="第几版公示稿；没有公示过的为 null")
    released_at: datetime | None
    sha256: str | None = Field(description="名单稿的指纹，与页面和 PDF 上的一致")


class AwardLists(Exact):
    """Of one edition."""

    items: list[AwardList]


class AwardLine(Exact):
    """One prize, in the words of the page and of the table."""

    place: int = Field(description="序号")
    award: str = Field(description="奖项")
    level: str = Field(description="等次")
    name: str = Field(description="获奖者")
    organisation: str = Field(description="单位")
    title: str = Field(description="作品")
    reason: str = Field(description="依据")


class Result(Paged):
    """A list with its lines."""

    award_list: AwardList
    items: list[AwardLine]


class Leader(Exact):
    """A line of the board; persons by surname alone."""

    rank: int | None
    name: str
    track: str
    points: str
    attained_at: datetime | None
    tied: bool = Field(description="与取奖线上的名次并列，等组委会决定")


class Leaderboard(Exact):
    """The first so many, with whoever shares the last rank."""

    month: str = Field(description="空表示全部月份")
    track: str = Field(description="空表示全部赛道")
    top: int = Field(description="取前多少名")
    frozen_at: datetime | None
    months: list[str]
    items: list[Leader]


class Verdict(Exact):
    """What the table says of a certificate whose signature is right; the latest version's words, the name masked."""

    state: Literal["valid", "corrected", "revoked"]
    number: str
    version: int = Field(description="现行第几版")
    held_version: int = Field(description="二维码是第几版的")
    name: str = Field(description="已遮住；应本人要求删除的为空")
    title: str
    award: str
    issuers: list[str]
    issued_on: date
    ended_on: date | None = Field(description="更正或撤销的日期")


# --- By token -----------------------------------------------------------------------------------------------


class Entry(Exact):
    """An entry without names and contacts of persons."""

    id: int
    number: str
    kind: Literal["individual", "team"]
    channel: Literal["recommended", "open"]
    unit: str | None = Field(description="推荐单位")
    track: str
    categories: list[str]
    team_name: str
    organisation: str
    state: str
    state_name: str
    members: int
    instructors: int
    created_at: datetime
    entered_at: datetime | None
    decided_at: datetime | None


class Entries(Paged):
    """By key, the oldest first."""

    items: list[Entry]


class Work(Exact):
    """A work's standing; its content stays in the portal."""

    id: int
    number: str
    entry: str
    track: str
    category: str
    title: str
    state: str
    state_name: str
    ai_used: bool | None
    version: int | None = Field(description="以第几版为准；没有交过的为 null")
    digest: str | None = Field(description="该版清单的 SHA-256")
    submitted_at: datetime | None
    decided_at: datetime | None


class Works(Paged):
    """By key, the oldest first."""

    items: list[Work]


class Round(Exact):
    """A round of judging."""

    id: int
    code: str
    name: str
    kind: str
    category: str | None
    state: str
    state_name: str
    opens_at: datetime | None
    closes_at: datetime | None


class Rounds(Exact):
    """Those that the token's maker oversees."""

    items: list[Round]


class Score(Exact):
    """A judge's sheet, in the words of the exported table; judges by number."""

    work: str
    title: str
    judge: str
    panel: str
    state: str
    total: str | None
    marks: str
    comment: str
    abstained: str
    signed: str


class Scores(Paged):
    """By work, then judge."""

    items: list[Score]


class AwardedLine(AwardLine):
    """A prize with what it hangs on."""

    key: str
    rank: int
    holder: str
    entry: int | None


class Awarded(Paged):
    """The latest version of a list, public or not."""

    award_list: AwardList
    items: list[AwardedLine]
