"""The notices of judging. None names a work, an entry or a score."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register

_ROUND = "A 类初评"
_LATER = datetime(2025, 6, 15, 17, 0, 1, tzinfo=BEIJING)


def _invited() -> dict[str, object]:
    return {
        "contest": "广东省“AI科普+”创意与应用大赛",
        "round": _ROUND,
        "deadline": _LATER,
        "expires": _LATER,
        "link": absolute("/"),
    }


def _assigned() -> dict[str, object]:
    return {"round": _ROUND, "works": 20, "left": 7, "opens": None, "deadline": _LATER, "link": absolute("/")}


def _again() -> dict[str, object]:
    return {"round": _ROUND, "work": "K7-042", "reason": "各评委分数相差较大，请再看一遍", "link": absolute("/")}


def _released() -> dict[str, object]:
    return {"round": _ROUND, "judge": "评委 07", "work": "A-0422"}


def _unassigned() -> dict[str, object]:
    return {"round": _ROUND, "words": "作品 A-0017 只有 2 位无回避评委，需要 5 位，请增加评委或核对回避"}


def _unlock() -> dict[str, object]:
    return {"round": _ROUND, "asker": "李四", "reason": "漏评一件", "link": absolute("/")}


def _declined() -> dict[str, object]:
    return {"round": _ROUND, "link": absolute("/")}


register(
    Kind("judge-invited", "邀请评委", _invited, private=True),
    Kind("judge-declined", "受邀专家谢绝（邀请人）", _declined, safe_to_repeat=True),
    Kind("works-assigned", "作品已分配（评委）", _assigned, safe_to_repeat=True),
    Kind("judge-urged", "催评", _assigned, safe_to_repeat=True),
    Kind("sheet-reopened", "请评委重看", _again, safe_to_repeat=True),
    Kind("work-released", "评委回避（组委会）", _released, safe_to_repeat=True),
    Kind("work-unassigned", "作品缺评委（组委会）", _unassigned, safe_to_repeat=True),
    Kind("unlock-asked", "申请解封（组委会）", _unlock, safe_to_repeat=True),
)
