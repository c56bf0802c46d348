"""The notices about tracks."""

from datetime import datetime

from core.clock import BEIJING
from core.links import absolute
from core.notices.registry import Kind, register

from .announcement_services import NEAR_KIND

register(
    Kind(
        NEAR_KIND,
        "客服群二维码快要失效",
        lambda: {
            "track": "科普工作者赛道",
            "group": "客服一群",
            "expires": datetime(2024, 12, 20, 18, tzinfo=BEIJING),
            "link": absolute("/admin/"),
        },
        safe_to_repeat=True,
    )
)
