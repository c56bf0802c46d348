"""The states of seasons, and the words for what is done."""

from core.states import States, Transition

from .placing_states import PLACING_VERBS
from .record_states import VERBS as RECORD_VERBS
from .training_states import TRAINING_VERBS

# A theme season (主题赛季). What the file names is announced with it; what the organiser adds, when it is published.
SEASON = States(
    initial="draft",
    labels={"draft": "准备中", "published": "已发布", "cancelled": "已取消"},
    transitions=(
        Transition("publish", ("draft", "cancelled"), "published", "发布"),
        Transition("cancel", ("draft", "published"), "cancelled", "取消"),
    ),
)

VERBS = {
    "season.saved": "设置主题赛季",
    "season.published": "发布主题赛季",
    "season.cancelled": "取消主题赛季",
    "force.saved": "登记志愿服务队伍",
    "force.active": "记录队伍活动",
    "force.activity_removed": "删去队伍活动",
    "season.judged": "建立主题评审",
    "season.settled": "按名次发放主题奖项",
    **TRAINING_VERBS,
    **RECORD_VERBS,
    **PLACING_VERBS,
}
