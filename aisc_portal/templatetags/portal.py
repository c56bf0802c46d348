"""What the component library needs beyond plain templates: `{% load portal %}`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BaseForm, BoundField, CheckboxInput
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aisc_portal.counting import Countdown, QuotaBar
from core import clock
from core.files.services import MB
from core.problems import Problem
from tracks import wording

register = template.Library()

# The tone of a state by its code; a state that is not listed is neutral. Words come from the states' own labels.
TONES: dict[str, str] = {
    **dict.fromkeys(["submitted", "queued", "sending", "open", "claimed", "pending", "reviewing"], "now"),
    **dict.fromkeys(
        ["approved", "sent", "accepted", "passed", "active", "confirmed", "done", "published", "valid"], "ok"
    ),
    **dict.fromkeys(["returned", "unknown", "invited", "waiting", "incomplete", "corrected"], "wait"),
    **dict.fromkeys(["rejected", "failed", "revoked", "expired", "dead", "refused"], "bad"),
}
STEP_WORDS = {"done": "已完成", "now": "进行中", "fix": "进行中，需要处理", "todo": "未开始"}


@register.filter
def spread(attrs: Any) -> SafeString:
    """A component's remaining attributes, each value escaped (cotton's own `{{ attrs }}` does not)."""
    pairs = attrs.attrs_dict().items()
    return format_html_join("", " {}{}", ((k, "" if v is True else format_html('="{}"', v)) for k, v in pairs))


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, to: str, words: str) -> SafeString:
    """As `<c-nav-link>`, at a tenth of its time: head and foot of a page have nineteen. Nothing when no such URL."""
    target = _address(to, get_urlconf())
    request = context.get("request")
    here = ' aria-current="page"' if request is not None and request.path == target else ""
    return format_html('<a href="{}"{}>{}</a>', target, SafeString(here), words) if target else SafeString()


@cache
def _address(name: str, urlconf: str | None) -> str:
    """Where a URL without arguments leads; empty when there is none. urlconf: None for the portal's own."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


@register.filter
def tone_class(state: str) -> str:
    """The class suffix that colours a state's tag."""
    tone = TONES.get(state, "")
    return f" tag--{tone}" if tone else ""


@register.filter
def step_word(state: str) -> str:
    """A step's state for those who do not see its colour."""
    return STEP_WORDS.get(state, "未开始")


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """A single check box stands before its label."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def megabytes(size: int) -> str:
    """`186 MB`, `3.2 MB`, `812 KB`; static/js/upload-row.js writes the same."""
    return f"{round(size / MB, 1):g} MB" if size >= MB else f"{max(1, round(size / 1000))} KB"


@register.filter
def iso(moment: datetime) -> str:
    """For a `datetime` attribute, Beijing time."""
    return moment.astimezone(clock.BEIJING).isoformat(timespec="seconds")


@register.filter
def stamp(moment: datetime) -> str:
    """2024-12-06 15:20, Beijing time."""
    return f"{moment.astimezone(clock.BEIJING):%Y-%m-%d %H:%M}"


@register.filter
def second(moment: datetime) -> str:
    """2024-12-06 15:20:07."""
    return f"{moment.astimezone(clock.BEIJING):%Y-%m-%d %H:%M:%S}"


@register.filter
def time_of_day(moment: datetime) -> str:
    """15:20:07, Beijing time."""
    return f"{moment.astimezone(clock.BEIJING):%H:%M:%S}"


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key; None for nothing."""
    return found.get(key)


@register.filter
def instant(moment: datetime) -> str:
    """12 月 15 日（周日）09:00."""
    return wording.instant(moment)


@register.filter
def month_day(moment: datetime) -> str:
    """12 月 22 日."""
    return wording.date_only(moment)


@register.filter
def han(number: int) -> str:
    """三 for 3, up to ten; larger numbers stay figures."""
    return "〇一二三四五六七八九十"[number] if 0 <= number <= 10 else str(number)


@register.filter
def without_end(text: str, end: str) -> str:
    """科普工作者 for 科普工作者赛道."""
    return text.removesuffix(end)


@register.filter
def without_start(text: str, start: str) -> str:
    """科普作品创作 for 用 AI 进行科普作品创作."""
    return text.removeprefix(start)


@register.filter
def break_after(text: str, mark: str) -> SafeString:
    """A line break after the first of these marks, for the poster."""
    head, found, tail = str(text).partition(mark)
    return format_html("{}{}<br>{}", head, found, tail) if tail else format_html("{}", text)


@register.filter
def break_before(text: str, mark: str) -> SafeString:
    """A line break before the first of these marks, for the poster."""
    head, found, tail = str(text).partition(mark)
    return format_html("{}<br>{}{}", head, found, tail) if found else format_html("{}", text)


@register.filter
def last_day(bound: datetime) -> str:
    """An exclusive bound in words: 12 月 15 日（周日）17:00; the next midnight is 24:00 of the day before (G30)."""
    return wording.end(bound)


@register.filter
def last_second(bound: datetime) -> str:
    """For the `datetime` attribute beside `last_day`."""
    return wording.last_instant(bound).isoformat(timespec="seconds")


@register.filter
def span(dated: wording.Dated) -> str:
    """A milestone's time in full."""
    return wording.span(dated)


@register.filter
def change_lines(changes: Any) -> list[str]:
    """What a moment of the timeline changed, a line each: 字段：旧 → 新."""
    if isinstance(changes, Mapping):
        return [f"{name}：{_arrow(value)}" for name, value in changes.items()]
    return [str(change) for change in changes or []]


def _arrow(value: Any) -> str:
    if isinstance(value, list | tuple) and len(value) == 2:
        old, new = (("（空）" if v in (None, "") else str(v)) for v in value)
        return f"{old} → {new}"
    return str(value)


@register.filter
def message_tone(message: Message) -> str:
    """The alert's tone of one of Django's messages."""
    return {"success": "ok", "warning": "wait", "error": "bad"}.get(message.level_tag, "info")


@register.filter
def error_words(error: object, field: BoundField) -> str:
    """A field's error in the words that the summary also uses: the field's name (without its note) stands in it."""
    name = str(field.label).partition("（")[0]
    return str(error) if name in str(error) else f"{name}：{error}"


@dataclass(frozen=True)
class SummaryLine:
    """One line of an error summary."""

    text: str
    href: str  # "#id_phone"; empty: the whole form
    bad: bool  # False: a warning


@register.simple_tag
def summary_lines(form: BaseForm | None, problems: Iterable[Problem] | None, prefix: str) -> list[SummaryLine]:
    """Every error of a form, or every Problem of a refusal, in order."""
    lines = [
        SummaryLine(problem.message, f"#{prefix}{problem.field}" if problem.field else "", problem.blocks)
        for problem in problems or []
    ]
    if form is not None and form.errors:
        lines += [SummaryLine(str(error), "", True) for error in form.non_field_errors()]
        lines += [
            SummaryLine(error_words(error, field), f"#{field.id_for_label or field.auto_id}", True)
            for field in form
            for error in field.errors
        ]
    return lines


@register.simple_tag
def countdown(until: datetime, now: datetime | None) -> Countdown:
    """The time left, by the server's clock."""
    return Countdown.between(now or clock.now(), until)


@register.simple_tag
def quota_bar(taken: int, limit: int | None, draft: int) -> QuotaBar:
    """The cells of a unit's quota (G16–G17)."""
    return QuotaBar.of(taken, limit, draft)
