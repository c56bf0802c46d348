"""A file made on the spot, handed out as a download."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: bytes, name: str, content_type: str = XLSX) -> HttpResponse:
    """Never opened in the page; the name may be Chinese."""
    named = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": named, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
