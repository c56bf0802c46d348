"""What every page may show."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

TEXT_SIZE_COOKIE = "text"


def portal(request: HttpRequest) -> dict[str, Any]:
    """demo: whether this is the demo; large_text: 大字版 is on, by the reader's cookie."""
    return {"demo": settings.DEMO, "large_text": request.COOKIES.get(TEXT_SIZE_COOKIE) == "large"}
