"""HTML of ours → tagged PDF. Nothing is fetched but what the caller hands over (reliability 5)."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.document import Document, DocumentMetadata, Page
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# One a process: without it every document loads the fonts anew and the process grows without end (libraries.md).
_FONTS = FontConfiguration()
_ONE_AT_A_TIME = threading.Lock()  # the fonts are shared, and Pango is not made for threads

Assets = Mapping[str, tuple[str, bytes]]  # "asset:<name>" → content type, bytes
NO_ASSETS: Assets = {}


class _HandedOver(URLFetcher):
    """Answers for the assets handed over, and for no other address: no file, no network."""

    def __init__(self, assets: Assets) -> None:
        super().__init__(allowed_protocols=("asset",))
        self.assets = assets

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """One asset. Raises ValueError for anything else, which leaves a gap in the page."""
        try:
            content_type, content = self.assets[url]
        except KeyError:
            raise ValueError(f"not handed over: {url}") from None
        return URLFetcherResponse(url, content, {"Content-Type": content_type})


def pdf_of(html: str, css: str, assets: Assets = NO_ASSETS) -> bytes:
    """A tagged PDF of one page of HTML (autoescaped by its template) under one style sheet of ours.

    Title, language and author are the HTML's own. Both may name assets by `asset:<name>`.
    """
    with _ONE_AT_A_TIME:
        return _laid_out(html, css, assets).write_pdf(pdf_tags=True)


class Press:
    """One style sheet and its fonts for many documents of a batch: both are read once, not once a document.

    The fonts that the style sheet names by `asset:<name>` stay with the press and go with it.
    """

    def __init__(self, css: str, assets: Assets = NO_ASSETS) -> None:
        self._fonts = FontConfiguration()
        with _ONE_AT_A_TIME:
            self._sheet = CSS(string=css, url_fetcher=_HandedOver(assets), font_config=self._fonts)

    def pages(self, html: str, assets: Assets = NO_ASSETS) -> Document:
        """The pages of one document, laid out and not yet written: how many they are, and `written` of them."""
        with _ONE_AT_A_TIME:
            page = HTML(string=html, url_fetcher=_HandedOver(assets))
            return page.render(stylesheets=[self._sheet], font_config=self._fonts)

    def written(
        self, laid_out: Document, pages: Sequence[Page] | None = None, about: DocumentMetadata | None = None
    ) -> bytes:
        """A tagged PDF of what `pages` laid out.

        pages: only these, which may come from several documents. about: title, language and author in place of its own.
        """
        some = laid_out.copy("all" if pages is None else pages)
        some.metadata = about or some.metadata
        with _ONE_AT_A_TIME:
            return some.write_pdf(pdf_tags=True)


def pages_of(html: str, css: str, assets: Assets = NO_ASSETS) -> int:
    """How many pages it fills; costs as much as the PDF itself."""
    with _ONE_AT_A_TIME:
        return len(_laid_out(html, css, assets).pages)


def _laid_out(html: str, css: str, assets: Assets) -> Document:
    fetcher = _HandedOver(assets)
    sheet = CSS(string=css, url_fetcher=fetcher, font_config=_FONTS)
    return HTML(string=html, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=_FONTS)
