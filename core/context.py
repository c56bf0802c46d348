"""What every page may show."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

TEXT_SIZE_COOKIE = "text"


def portal(request: HttpRequest) -> dict[str, Any]:
    """demo: whether this is the demo; large_text: 大字版 is on, by a cookie; form_key: a new one at each asking;
    filings: the numbers that the foot shows."""
    large = request.COOKIES.get(TEXT_SIZE_COOKIE) == "large"
    return {"demo": settings.DEMO, "large_text": large, "form_key": uuid.uuid4, "filings": filings()}


@dataclass(frozen=True)
class Filing:
    """One number that the foot of every page shows (备案号), with the register that it leads to."""

    kind: str
    number: str  # "" where there is none yet
    register: str


def filings() -> list[Filing]:
    """ICP and police, as the settings have them."""
    return [
        Filing("ICP备案号", settings.ICP_NUMBER, "https://beian.miit.gov.cn/"),
        Filing("公安备案号", settings.POLICE_NUMBER, "https://beian.mps.gov.cn/"),
    ]
