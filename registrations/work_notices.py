"""The notices of works: the receipt, the contact's decisions, opened again, the copy without names."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register


def _work() -> dict[str, object]:
    return {
        "work": "潮间带的一天",
        "number": "GDAIKP1-A-000128",
        "category": "A 传播",
        "entrant": "智绘科普科技志愿服务支队",
        "version": 2,
        "at": datetime(2025, 1, 12, 21, 6, 43, tzinfo=BEIJING),
        "receipt": "9f2c71e05ab84d13" * 4,
        "reason": "视频第 40 秒出现了学校名称，请处理后重新上传",
        "deadline": datetime(2025, 1, 18, tzinfo=BEIJING),
        "until": datetime(2025, 1, 18, tzinfo=BEIJING),
        "categories": ["A 传播", "C 课程"],
        "days": 7,
        "link": absolute("/"),
    }


register(
    Kind("work-submitted", "作品回执（参赛者）", _work, safe_to_repeat=True),
    Kind("work-deadline-near", "作品截止前 7 天、1 天提醒（队伍代表）", _work, safe_to_repeat=True),
    Kind("work-withdrawn", "作品已撤回（参赛者、赛道联系人）", _work, safe_to_repeat=True),
    Kind("work-passed", "作品审核通过（参赛者）", _work, safe_to_repeat=True),
    Kind("work-returned", "作品退回补正（参赛者）", _work, safe_to_repeat=True),
    Kind("work-rejected", "作品未通过（参赛者）", _work, safe_to_repeat=True),
    Kind("work-unlocked", "作品开放修改（参赛者）", _work, safe_to_repeat=True),
    Kind("work-unlocked-near", "开放修改到期前 7 天、1 天提醒（队伍代表）", _work, safe_to_repeat=True),
    Kind("work-anonymous", "请提供匿名版（参赛者）", _work, safe_to_repeat=True),
    Kind("work-anonymous-given", "匿名版已提交（赛道联系人）", _work, safe_to_repeat=True),
)
