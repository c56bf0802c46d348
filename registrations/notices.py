"""The notices of recommending: invited, submitted, arrived, passed, returned."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register

from . import claim_notices, entry_notices, personal_notices, work_notices  # noqa: F401  # each registers its own
from .eligibility_models import waiting
from .entry_models import Entry
from .services import arrivals
from .work_models import Work

_ROWS = [
    {"position": 1, "title": "始兴县城南中学科技志愿服务分队", "reply": "校名以印章为准"},
    {"position": 2, "title": "王芳", "reply": ""},
]
_UNIT = "韶关市始兴县科学技术协会"
_LATER = datetime(2024, 12, 15, 17, 0, 1, tzinfo=BEIJING)


def _invited() -> dict[str, object]:
    return {
        "unit": _UNIT,
        "contest": "广东省“AI科普+”创意与应用大赛",
        "places": 25,
        "deadline": _LATER,
        "expires": _LATER,
        "link": absolute("/"),
    }


def _rows() -> dict[str, object]:
    return {"unit": _UNIT, "rows": _ROWS, "track": "科普工作者赛道", "stamped": True, "link": absolute("/")}


def _decided() -> dict[str, object]:
    return _rows() | {"reason": "参赛队伍名称与学校全称不一致", "deadline": _LATER}


def _withdrawn() -> dict[str, object]:
    return _rows() | {"rows": _ROWS[:1], "before": "已通过", "giver": "李四", "reason": "换人"}


def _quota() -> dict[str, object]:
    return {"unit": _UNIT, "places": 25, "deadline": _LATER, "days": 7, "link": absolute("/")}


def _claims() -> dict[str, object]:
    return {"unit": _UNIT, "count": 3, "deadline": _LATER, "link": absolute("/")}


def _correction() -> dict[str, object]:
    return {"unit": _UNIT, "rows": _ROWS, "deadline": _LATER, "link": absolute("/")}


def _extended() -> dict[str, object]:
    return _quota() | {"reason": "来函说明网络故障"}


def _returned() -> dict[str, object]:
    return {"unit": _UNIT, "count": 3, "left": 0, "giver": "李四", "link": absolute("/")}


def _daily() -> dict[str, object]:
    return {
        "track": "高校赛道",
        "arrived": "12 份报名、3 件作品",
        "waiting": [{"counted": counted, "link": absolute("/")} for counted in ("30 份报名", "11 件作品")],
        "total": 41,
        "link": absolute("/"),
    }


register(
    Kind("officer-invited", "邀请填报人", _invited, private=True),
    Kind("row-submitted", "提交回执（推荐单位）", _rows, safe_to_repeat=True),
    Kind("row-arrived", "新提交待审（赛道联系人）", _rows, safe_to_repeat=True),
    Kind("row-withdrawn", "单位撤回（赛道联系人）", _withdrawn, safe_to_repeat=True),
    Kind("row-approved", "审核通过", _decided, safe_to_repeat=True),
    Kind("row-returned", "退回补正", _decided, safe_to_repeat=True),
    Kind("correction-near", "补正截止前 1 天提醒", _correction, safe_to_repeat=True),
    Kind("deadline-near", "报送截止前 7 天、1 天提醒", _quota, safe_to_repeat=True),
    Kind("deadline-extended", "单独延长报送时间", _extended, safe_to_repeat=True),
    Kind("report-urged", "催报", _quota, safe_to_repeat=True),
    Kind("claims-urged", "催认领（推荐单位）", _claims, safe_to_repeat=True),
    Kind("places-returned", "单位提前退回名额（赛道联系人）", _returned, safe_to_repeat=True),
    Kind("track-daily", "每天一封：新到的报名、作品和服务记录（赛道联系人）", _daily, safe_to_repeat=True),
)
arrivals.register(
    arrivals.Source("份报名", Entry.objects.in_contest(), "entered_at", waiting(Entry.objects.all()), "track"),
    arrivals.Source("件作品", Work.objects.handed_in(), "submitted_at", Work.objects.filter(state="submitted")),
)
