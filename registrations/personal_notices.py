"""The notices about personal data: a deletion asked for, done, refused."""

from core.links import absolute
from core.notices.registry import Kind, register


def _request() -> dict[str, object]:
    return {"note": "报名还在审核，请先退出比赛再申请", "link": absolute("/")}


register(
    Kind("deletion-asked", "申请删除个人信息（组委会）", _request, safe_to_repeat=True),
    Kind("deletion-refused", "不予删除个人信息（本人）", _request, safe_to_repeat=True),
    Kind("deletion-done", "个人信息已删除（本人）", _request, safe_to_repeat=True),
)
