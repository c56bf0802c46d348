"""操作指南 on the portal: the Markdown of `docs/guides`, the same text that stands in the repository."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from core.markdown import pictures_in, plain
from core.markdown import render as as_html

FOLDER = Path(settings.BASE_DIR) / "docs" / "guides"
# Address → file; in the order in which they are listed.
GUIDES = {
    "participant": "参赛者",
    "unit": "推荐单位填报人",
    "judge": "评委",
    "contact": "赛道联系人",
    "organiser": "组委会",
}


@dataclass(frozen=True)
class Guide:
    """One guide."""

    slug: str
    title: str
    summary: str
    html: SafeString


@cache
def guide(slug: str) -> Guide:
    """Read and rendered once a process. Raises KeyError."""
    text = (FOLDER / f"{GUIDES[slug]}.md").read_text(encoding="utf-8")
    head, _, body = text.partition("\n")
    pictures = {name: static(f"guides/{Path(name).name}") for name in pictures_in(body)}
    return Guide(
        slug, head.removeprefix("#").strip(), plain(body.partition("\n##")[0]), as_html(body, pictures=pictures)
    )


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """All of them, by who reads them."""
    return render(request, "portal/guides.html", {"guides": [guide(slug) for slug in GUIDES]})


@require_safe
def guide_page(request: HttpRequest, who: str) -> HttpResponse:
    """One guide."""
    if who not in GUIDES:
        raise Http404
    return render(request, "portal/guide.html", {"guide": guide(who), "others": [guide(one) for one in GUIDES]})
