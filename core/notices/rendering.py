"""From placeholders to words: subject, text and HTML. Placeholders are plain text, never markup, links or headers."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise

from core.links import Link, absolute

from .registry import Kind

SUBJECT_MAX = 120

# Mails keep their looks inside themselves; the values are those of static/css/tokens.css.
COLOURS = {
    "ink": "#14213d",
    "ink_2": "#465469",
    "line": "#dbe2ec",
    "bg": "#f5f7fb",
    "surface": "#ffffff",
    "brand": "#0b57b0",
    "navy": "#0c2a5b",
    "gold": "#f5c04a",
    "on_navy_2": "#c9d8f0",
}


def plain(text: str) -> str:
    """One harmless line: no control or direction characters, no line breaks, nothing a mail program would link."""
    text = "".join(" " if char in "\r\n\t\v\f\x85\u2028\u2029" else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs"} or char == "\u200d")
    text = re.sub(r"(?i)\b(https?|ftp|mailto|tel|javascript|data):", r"\1：", text)
    text = re.sub(r"(?<=[A-Za-z0-9-])\.(?=[A-Za-z]{2})", "\uff0e", text)  # full-width dot
    return re.sub(r"(?<=[\w.+-])@(?=[\w-]+[.\uff0e])", "\uff20", text).strip()


def cleaned(value: Any, name: str = "") -> Any:
    """A placeholder's value made harmless. Raises TypeError for what is not plain data.

    Model instances are refused: their fields would reach the mail uncleaned.
    """
    match value:
        case Link() | None | bool() | int() | float() | Decimal() | date() | time() | timedelta():
            return value
        case str() | Promise():
            return plain(str(value))
        case Mapping():
            return {key: cleaned(item, f"{name}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [cleaned(item, name) for item in value]
    raise TypeError(f"notice placeholder {name} must be plain data or absolute(path), not {type(value).__name__}")


@dataclass(frozen=True)
class Letter:
    """A rendered notice."""

    subject: str
    text: str
    html: str


def render(template: str, placeholders: Mapping[str, Any]) -> Letter:
    """Render a notice's three templates. In each: the placeholders, `site_name`, `site_url`, `subject`, `colour`."""
    context: dict[str, Any] = {name: cleaned(value, name) for name, value in placeholders.items()}
    context |= {"site_name": settings.SITE_NAME, "site_url": absolute("/"), "colour": COLOURS}
    subject = " ".join(_render(f"notices/{template}.subject.txt", context, escape=False).split())[:SUBJECT_MAX]
    context["subject"] = subject
    text = _render(f"notices/{template}.txt", context, escape=False)
    html = _render(f"notices/{template}.html", context, escape=True)
    return Letter(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html.strip() + "\n")


def preview(kind: Kind) -> Letter:
    """How a kind looks, with its sample."""
    return render(kind.name, {"name": "张三", **kind.sample()})


def _render(name: str, context: dict[str, Any], *, escape: bool) -> str:
    return get_template(name).template.render(Context(context, autoescape=escape))  # type: ignore[attr-defined]
