"""Texts that staff write in Markdown, as HTML that can neither run a script nor fetch from outside.

    html = render("# 通知\\n\\n![现场](现场.png)", pictures={"现场.png": "/news/3/pictures/8/"})

Two locks, one behind the other: raw HTML is escaped by the parser (`html: False`), and what it made is cleaned by an
allow-list (nh3). A picture is drawn only where `pictures` knows its name; the address then is one of our own.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto", "tel"}
TOP = 2  # the page has the only h1
LEAST = 4
_ASIDE = {"heading_open", "heading_close", "table_open", "table_close"}
_SAID = {"text", "code_inline"}
NO_PICTURES: Mapping[str, str] = {}


def render(text: str, *, pictures: Mapping[str, str] = NO_PICTURES) -> SafeString:
    """Markdown (CommonMark and tables) as HTML, its highest heading an h2. pictures: file name → own address."""
    tokens = _PARSER.parse(text)
    highest = min((int(token.tag[1:]) for token in tokens if token.type == "heading_open"), default=1)
    made = _PARSER.renderer.render(tokens, _PARSER.options, {"pictures": pictures, "highest": highest})
    clean = nh3.clean(made, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow")
    return mark_safe(clean)


def plain(text: str, most: int = 120) -> str:
    """The beginning of a text without its marks, headings and tables, for descriptions; ≤ `most` characters."""
    words, aside = [], 0
    for token in _PARSER.parse(text):
        if token.type in _ASIDE:
            aside += token.nesting
        elif token.type == "inline" and not aside:
            words += [child.content if child.type in _SAID else " " for child in _spoken(token)]
            words.append(" ")
    said = " ".join("".join(words).split())
    return said if len(said) <= most else f"{said[: most - 1]}…"


def _spoken(token: Token) -> list[Token]:
    """The words of a line, and where it breaks."""
    kinds = {*_SAID, "softbreak", "hardbreak"}
    return [child for child in token.children or [] if child.type in kinds]


def pictures_in(text: str) -> list[str]:
    """The names of the pictures that a text wants drawn, in order."""
    inner = [child for token in _PARSER.parse(text) for child in token.children or []]
    return [unquote(str(token.attrGet("src") or "")) for token in inner if token.type == "image"]


class _Renderer(RendererHTML):
    """Headings under the page's own, pictures of our own, table heads that say what they head."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """The picture where it is known, else the words that stand for it."""
        token = tokens[idx]
        address = env.get("pictures", NO_PICTURES).get(unquote(str(token.attrGet("src") or "")))
        said = self.renderInlineAsText(token.children, options, env) if token.children else ""
        if address is None:
            return escape(said)
        return f'<img src="{escape(address)}" alt="{escape(said)}">'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """The highest is an h2."""
        return f"<{_level(tokens[idx], env)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """And ends as one."""
        return f"</{_level(tokens[idx], env)}>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """The head of a column."""
        return '<th scope="col">'

    def td_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """Without the alignment, which would be an inline style."""
        return "<td>"


def _level(token: Token, env: Any) -> str:
    return f"h{min(int(token.tag[1:]) - int(env['highest']) + TOP, LEAST)}"


_PARSER = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
