"""The notices of eligibility: claims sent in, accepted, returned, rejected; the entry accepted or rejected."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register


def _claim() -> dict[str, object]:
    return {
        "title": "智绘科普科技志愿服务支队",
        "number": "GDAIKP1-000128",
        "track": "AI 科普+【高校】赛道",
        "condition": "高校志愿服务队伍、学生社团等",
        "conditions": ["高校志愿服务队伍、学生社团等"],
        "reason": "证明上没有学校的公章，请补盖后重新上传",
        "deadline": datetime(2025, 1, 4, tzinfo=BEIJING),
        "waiting": [],
        "link": absolute("/"),
    }


register(
    Kind("claims-arrived", "补交资格材料待审（赛道联系人）", _claim, safe_to_repeat=True),
    Kind("claim-accepted", "参赛条件已认可", _claim, safe_to_repeat=True),
    Kind("claim-returned", "资格材料退回补正", _claim, safe_to_repeat=True),
    Kind("claim-rejected", "参赛条件未认可", _claim, safe_to_repeat=True),
    Kind("entry-accepted", "参赛资格通过", _claim, safe_to_repeat=True),
    Kind("entry-rejected", "参赛资格未通过", _claim, safe_to_repeat=True),
)
