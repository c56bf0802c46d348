"""The OpenAPI document, and a page about it that needs no script."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from tracks.current import edition_page
from tracks.models import Edition

Document = Callable[[], dict[str, Any]]
View = Callable[[HttpRequest], HttpResponse]
WORDS = re.compile(r"/?[A-Za-z_]\w*/?|\d{4}-\d\d")


def schema(document: Document) -> View:
    """`openapi.json`."""

    @require_safe
    @conditional_page
    @cache_control(public=True, max_age=3600)
    def openapi(request: HttpRequest) -> HttpResponse:
        return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})

    return openapi


def page(document: Document) -> View:
    """数据接口说明: every address with its parameters, public ones first."""

    @require_safe
    @edition_page
    def about(request: HttpRequest, edition: Edition) -> HttpResponse:
        groups: dict[str, list[dict[str, Any]]] = {}
        for address, methods in document()["paths"].items():
            for operation in methods.values():
                groups.setdefault(operation["tags"][0], []).append(_told(address, operation))
        return render(request, "portal/api.html", {"groups": groups.items(), "edition": edition})

    return about


def _told(address: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": address,
        "summary": operation["summary"],
        "description": _with_code(operation.get("description", "")),
        "parameters": [
            {"name": one["name"], "said": _with_code(one.get("description", ""))}
            for one in operation.get("parameters", ())
            if one["in"] == "query"
        ],
    }


def _with_code(text: str) -> SafeString:
    """What a program writes is set as such."""
    return mark_safe(WORDS.sub(r"<code>\g<0></code>", str(escape(text))))
