"""The notices of service records and points."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register
from registrations.services import arrivals

from .models import ServiceRecord


def _record() -> dict[str, object]:
    return {
        "record": "社区科普课：看懂人工智能",
        "number": "GDAIKP1-S-000012",
        "entrant": "智绘科普科技志愿服务支队",
        "reason": "签到表看不清，请重新上传",
        "deadline": datetime(2025, 3, 18, tzinfo=BEIJING),
        "link": absolute("/"),
    }


def _dispute() -> dict[str, object]:
    return {
        "entrant": "智绘科普科技志愿服务支队",
        "line": "服务每满 1 小时：2 小时 × 2 分",
        "words": "活动实际是 3 小时",
        "answer": "已核对签到表，按 3 小时更正",
        "corrected": True,
        "link": absolute("/"),
    }


register(
    Kind("record-passed", "服务记录审核通过（参赛者）", _record, safe_to_repeat=True),
    Kind("record-returned", "服务记录退回补正（参赛者）", _record, safe_to_repeat=True),
    Kind("record-rejected", "服务记录未通过（参赛者）", _record, safe_to_repeat=True),
    Kind("dispute-arrived", "积分异议待答复（赛道联系人）", _dispute, safe_to_repeat=True),
    Kind("dispute-answered", "积分异议已答复（参赛者）", _dispute, safe_to_repeat=True),
)
arrivals.register(
    arrivals.Source(
        "条服务记录", ServiceRecord.objects.handed_in(), "submitted_at", ServiceRecord.objects.filter(state="submitted")
    )
)
