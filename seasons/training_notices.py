"""The notices of training."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register

_COURSE = "AI 科普作品创作入门"
_STARTS = datetime(2025, 1, 5, 19, 30, tzinfo=BEIJING)


def _enrolled() -> dict[str, object]:
    return {"course": _COURSE, "first": _STARTS, "link": absolute("/")}


def _near() -> dict[str, object]:
    return {"course": _COURSE, "session": "第一讲：选题与脚本", "starts": _STARTS, "hour": True, "link": absolute("/")}


def _changed() -> dict[str, object]:
    return {"course": _COURSE, "words": "“第一讲”改到 1 月 6 日 19:30 上课", "link": absolute("/")}


def _advanced() -> dict[str, object]:
    return {
        "entrant": "龙岗区实验学校科技志愿服务分队",
        "theme": "用 AI 进行科普作品创作",
        "goes": True,
        "why": "出勤 150/180 分钟（83%），要求 60%",
        "reason": "",
        "has_work": False,
        "link": absolute("/"),
    }


register(
    Kind("training-enrolled", "报名培训成功", _enrolled, safe_to_repeat=True),
    Kind("training-near", "上课提醒", _near, safe_to_repeat=True),
    Kind("training-changed", "课程变动", _changed, safe_to_repeat=True),
    Kind("advance-published", "推选参赛结果", _advanced),
)
