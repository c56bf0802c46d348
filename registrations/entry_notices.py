"""The notices of entries and of their people: claimed, entered, withdrawn, invited, guardians asked."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register

from .services import guardians


def _entry() -> dict[str, object]:
    return {
        "title": "智绘科普科技志愿服务支队",
        "number": "GDAIKP1-000128",
        "track": "AI 科普+【高校】赛道",
        "link": absolute("/"),
    }


def _withdrawn() -> dict[str, object]:
    return _entry() | {"reason": "临时出差"}


def _unlocked() -> dict[str, object]:
    return _entry() | {"until": datetime(2024, 12, 29, tzinfo=BEIJING), "reason": "来电说明"}


def _team() -> dict[str, object]:
    return {
        "title": "智绘科普科技志愿服务支队",
        "role": "队员",
        "person": "胡燕",
        "giver": "祝宇",
        "inviter": "祝宇",
        "contest": "广东省“AI科普+”创意与应用大赛",
        "expires": datetime(2025, 1, 6, 10, tzinfo=BEIJING),
        "link": absolute("/"),
    }


def _guardian() -> dict[str, object]:
    return _team() | {"child": "胡燕"}


def _claim() -> dict[str, object]:
    return _team() | {
        "unit": "广州大学科学技术协会",
        "code": "7KQM-2XPD",
        "deadline": datetime(2024, 12, 26, tzinfo=BEIJING),
    }


register(
    Kind("claim-invited", "认领推荐名额（参赛者）", _claim, private=True),
    Kind("entry-urged", "提醒提交报名（参赛者）", _claim, safe_to_repeat=True),
    Kind("entry-entered", "报名回执（参赛者）", _entry, safe_to_repeat=True),
    Kind("entry-unlocked", "报名开放修改（队伍）", _unlocked, safe_to_repeat=True),
    Kind("entry-withdrawn", "报名已退出（成员、赛道联系人）", _withdrawn, safe_to_repeat=True),
    Kind("member-invited", "邀请加入队伍", _team, private=True),
    Kind("member-joined", "队员确认加入（队伍代表）", _team, safe_to_repeat=True),
    Kind("member-declined", "队员谢绝邀请（队伍代表）", _team, safe_to_repeat=True),
    Kind("member-left", "队员退出（队伍代表）", _team, safe_to_repeat=True),
    Kind("member-removed", "移出队伍（本人）", _team, safe_to_repeat=True),
    Kind("member-handed-over", "成为队伍代表（本人）", _team, safe_to_repeat=True),
    Kind("guardian-asked", "请监护人同意（监护人）", _guardian, private=True, reach=guardians.phone_of),
    Kind("guardian-given", "监护人已同意（队伍）", _guardian, safe_to_repeat=True),
    Kind("guardian-refused", "监护人没有同意（队伍）", _guardian, safe_to_repeat=True),
    Kind("guardian-withdrawn", "监护人撤回同意（队伍）", _guardian, safe_to_repeat=True),
)
