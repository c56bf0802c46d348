"""The notices of venues and placements. None gives a phone: that stands on the page behind the link."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register

_BEGINS = datetime(2025, 3, 15, 9, 30, tzinfo=BEIJING)
_ENDS = datetime(2025, 3, 15, 11, 0, tzinfo=BEIJING)
_UNTIL = datetime(2025, 3, 10, 9, 0, tzinfo=BEIJING)


def _invited() -> dict[str, object]:
    return {"venue": "龙岗区党群服务中心", "expires": _UNTIL, "link": absolute("/")}


def _placement() -> dict[str, object]:
    return {
        "venue": "龙岗区党群服务中心",
        "entrant": "智绘科普科技志愿服务支队",
        "number": "GDAIKP1-P-000012",
        "begins": _BEGINS,
        "ends": _ENDS,
        "place": "一楼多功能厅",
        "until": _UNTIL,
        "reason": "当天场地另有安排",
        "who": "场所",
        "silent": "场所",
        "heads": 58,
        "link": absolute("/"),
    }


register(
    Kind("venue-invited", "邀请场所联系人", _invited, private=True),
    Kind("placement-asked", "服务安排待确认（双方）", _placement, safe_to_repeat=True),
    Kind("placement-near", "服务安排快到答复期限（双方）", _placement, safe_to_repeat=True),
    Kind("placement-confirmed", "服务安排已确认（双方）", _placement, safe_to_repeat=True),
    Kind("placement-declined", "服务安排被谢绝（双方）", _placement, safe_to_repeat=True),
    Kind("placement-cancelled", "服务安排已取消（双方）", _placement, safe_to_repeat=True),
    Kind("placement-expired", "服务安排逾期未答复（双方）", _placement, safe_to_repeat=True),
    Kind("placement-visited", "场所已确认到访（参赛者）", _placement, safe_to_repeat=True),
)
