"""The notices of awards."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register


def _award() -> dict[str, object]:
    return {
        "award": "广东省 AI 科普传播领军队伍奖",
        "level": "一等奖",
        "winner": "智绘科普科技志愿服务支队",
        "closes": datetime(2025, 9, 27, tzinfo=BEIJING),
        "reason": "异议第 3 号成立",
        "link": absolute("/"),
    }


def _objection() -> dict[str, object]:
    return {
        "list": "A 类领军人物/领军队伍奖",
        "number": 3,
        "state": "已受理",
        "outcome": "更正",
        "answer": "经核查，作品名称有误，已更正",
        "due": datetime(2025, 10, 17, tzinfo=BEIJING),
        "link": absolute("/"),
    }


def _certificates() -> dict[str, object]:
    return {"count": 2, "title": "荣誉证书", "link": absolute("/")}


def _certificate() -> dict[str, object]:
    return {
        "title": "荣誉证书",
        "number": "GDAIKP1-A1-000123-7",
        "version": 2,
        "reason": "姓名有误",
        "link": absolute("/"),
    }


register(
    Kind("award-listed", "列入获奖公示（参赛者、指导教师）", _award),
    Kind("award-changed", "公示名单更正（有关的参赛者、指导教师）", _award),
    Kind("award-final", "获奖名单生效（参赛者、指导教师）", _award),
    Kind("objection-arrived", "新的公示异议（组委会）", _objection, safe_to_repeat=True),
    Kind("objection-moved", "公示异议的受理与答复（提出人）", _objection, safe_to_repeat=True),
    Kind("certificates-ready", "证书可以下载了（获证者）", _certificates),
    Kind("certificate-reprinted", "证书更正重印了（获证者）", _certificate),
    Kind("certificate-revoked", "证书被撤销（获证者）", _certificate),
    Kind(
        "unit-certificates-ready",
        "本单位的证书可以下载了（填报人）",
        lambda: _certificates() | {"unit": "始兴县科学技术协会"},
    ),
)
