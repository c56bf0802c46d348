"""What every page may show."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest

TEXT_SIZE_COOKIE = "text"


def portal(request: HttpRequest) -> dict[str, Any]:
    """demo: whether this is the demo; large_text: 大字版 is on, by a cookie; form_key: a new one at each asking."""
    large = request.COOKIES.get(TEXT_SIZE_COOKIE) == "large"
    return {"demo": settings.DEMO, "large_text": large, "form_key": uuid.uuid4}
