"""Columns of judging: the roster read in (N30), rankings, scores and progress written out."""

from collections.abc import Iterable, Iterator, Mapping

from core.clock import BEIJING
from core.sheets import Column
from core.sheets.writing import Value

from .models import Ballot, Session
from .ranking_page import Page
from .services.balloting import receipt_of

# 序号 姓名 性别 出生年月 单位名称 职务 职称 专业领域 手机号码 电子邮箱 (N30). Gender and birth are read over, not kept.
ROSTER = (
    Column("number", "序号", filler=True, width=6),
    Column("name", "姓名", required=True, width=12),
    Column("gender", "性别", width=6),
    Column("birth", "出生年月", width=10),
    Column("organisation", "单位名称", aliases=("单位", "工作单位"), required=True, width=28),
    Column("duty", "职务", width=12),
    Column("title", "职称", width=12),
    Column("field", "专业领域", aliases=("专业", "研究方向"), width=24),
    Column("phone", "手机号码", aliases=("手机", "联系电话", "手机号"), required=True, fold=True, width=16),
    Column("email", "电子邮箱", aliases=("邮箱", "E-mail"), fold=True, width=26),
)

RANKING = (
    Column("rank", "名次", width=8),
    Column("work", "作品编号", width=12),
    Column("title", "作品名称", width=40),
    Column("score", "得分", width=12),
    Column("mean", "原始均分", width=12),
    Column("standard", "标准分", width=12),
    Column("adjusted", "校正分", width=12),
    Column("spread", "极差", width=10),
    Column("judges", "评分份数", width=10),
    Column("purposes", "晋级", width=20),
    Column("note", "注", width=30),
)

SCORES = (
    Column("work", "作品编号", width=12),
    Column("title", "作品名称", width=40),
    Column("judge", "评委", width=10),
    Column("panel", "评审团", width=12),
    Column("state", "状态", width=10),
    Column("total", "合计", width=10),
    Column("marks", "各项分", width=60),
    Column("comment", "评语", width=60),
    Column("abstained", "弃权理由", width=30),
    Column("signed", "签名时间", width=20),
)


EVIDENCE = (
    Column("ballot", "回执", width=18),
    Column("turn", "对哪一队", width=12),
    Column("choices", "选择", width=30),
    Column("at", "时间", width=26),
    Column("identity", "身份（散列）", width=20),
    Column("device", "设备（散列）", width=20),
    Column("place", "网络（散列）", width=20),
    Column("suspicion", "可疑之处", width=60),
    Column("standing", "处理", width=10),
    Column("reason", "理由", width=40),
)


def evidence_rows(ballots: Iterable[tuple[Ballot, str]], session: Session) -> Iterator[Mapping[str, Value]]:
    """Every ballot of a session; hashes are shortened, enough to see what belongs together."""
    labels = {turn.pk: turn.candidate.label for turn in session.turns.select_related("candidate__round__category")}
    for ballot, suspicion in ballots:
        excluded = ballot.excluded  # type: ignore[attr-defined]
        yield {
            "ballot": receipt_of(ballot.pk),
            "turn": labels.get(ballot.turn_id, "") if ballot.turn_id else "",
            "choices": "、".join(labels.get(one, "") for one in ballot.choices),
            "at": ballot.cast_at.astimezone(BEIJING).isoformat(" ", "milliseconds"),
            "identity": ballot.identity[:16],
            "device": ballot.device[:16],
            "place": ballot.place[:16],
            "suspicion": suspicion,
            "standing": {None: "", True: "隔离", False: "已恢复"}[excluded],
            "reason": ballot.why or "",  # type: ignore[attr-defined]
        }


def ranking_rows(page: Page) -> Iterator[Mapping[str, Value]]:
    """The table of a snapshot."""
    for row in page.rows:
        yield {
            "rank": row.rank,
            "work": row.candidate.label,
            "title": row.candidate.title,
            "score": row.score,
            "mean": row.mean,
            "standard": row.standard,
            "adjusted": row.adjusted,
            "spread": row.spread,
            "judges": row.judges,
            "purposes": "、".join(row.purposes),
            "note": row.note,
        }
