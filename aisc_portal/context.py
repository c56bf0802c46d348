"""What every page of the portal may show of the current edition. Nothing is asked of the database until it is used."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.functional import SimpleLazyObject

from core.links import absolute
from tracks.current import contest_time, current_edition
from tracks.models import Edition
from tracks.rulebook import Rulebook
from tracks.wording import year_of

from .demo import DemoBar
from .roles import roles_of

SHARE_PICTURE = "icons/share.png"  # drawn by `tools/share_picture.py`


@dataclass(frozen=True)
class Masthead:
    """What head and foot of a page say of the edition; `EMPTY` while none is loaded."""

    title: str
    session: str  # 2024–2025 首届
    undertaker: str
    first_year: int | None

    @classmethod
    def of(cls, rulebook: Rulebook) -> "Masthead":
        """Read it off a rulebook."""
        years = sorted(year for milestone in rulebook.milestones if (year := year_of(milestone)))
        span = "–".join(dict.fromkeys([str(years[0]), str(years[-1])])) if years else ""
        return cls(
            rulebook.edition.short_name,
            f"{span} {rulebook.edition.session}".strip(),
            "、".join(rulebook.organisers_as("undertaker")),
            years[0] if years else None,
        )


EMPTY = Masthead("AI科普+ 大赛", "报名与评审", "AI科普+ 大赛组委会", None)


def edition(request: HttpRequest) -> dict[str, Any]:
    """edition: the current one, false while none is loaded. masthead: see there. demo_bar: in the demo only. roles: the
    switch between several roles of one account. share_picture: what stands beside a shared link, absolute."""

    def masthead() -> Masthead:
        current = current_edition(request)
        return Masthead.of(current.rulebook) if current else EMPTY

    def demo_bar() -> DemoBar | None:
        current: Edition | None = current_edition(request)
        return DemoBar.of(current, contest_time(request)) if current else None

    return {
        "share_picture": SimpleLazyObject(lambda: absolute(static(SHARE_PICTURE))),
        "roles": SimpleLazyObject(lambda: roles_of(request)),
        "edition": SimpleLazyObject(lambda: current_edition(request)),
        "masthead": SimpleLazyObject(masthead),
        "demo_bar": SimpleLazyObject(demo_bar) if settings.DEMO else None,
    }
