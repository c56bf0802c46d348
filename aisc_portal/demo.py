"""The demo lives at its own time: a bar that shows it and jumps to the contest's phases. Never in production."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core import clock
from tracks.channels import span_of
from tracks.models import Edition
from tracks.rulebook import Window

EDITION_FILE = Path(settings.BASE_DIR) / "tracks" / "editions" / "guangdong-2024.toml"
MORNING = time(9, 0)


def _after_opening(days: int) -> Callable[[Window], datetime | None]:
    return lambda window: window.opens and window.opens + timedelta(days=days)


def _before_closing(days: int) -> Callable[[Window], datetime | None]:
    return lambda window: window.closes and window.closes - timedelta(days=days)


# code → (label, action whose window counts, the day within it). 推荐, five days before the close, is where we start.
JUMPS: dict[str, tuple[str, str, Callable[[Window], datetime | None]]] = {
    "recommend": ("推荐", "recommend", _before_closing(5)),
    "register": ("报名", "register", _after_opening(1)),
    "train": ("培训", "train", _after_opening(14)),
    "serve": ("积分", "serve", _after_opening(28)),
    "final": ("终审", "final", _after_opening(0)),
    "publicity": ("公示", "final", _before_closing(0)),
    "over": ("结束", "final", _before_closing(-21)),  # a list that was announced at 公示 is final by now
}


@dataclass(frozen=True)
class Jump:
    """A button of the bar; here: contest time is between this one and the next."""

    code: str
    label: str
    moment: datetime
    here: bool = False


@dataclass(frozen=True)
class DemoBar:
    """演示时间 and where it can go."""

    now: datetime
    jumps: list[Jump]

    @classmethod
    def of(cls, edition: Edition, now: datetime) -> "DemoBar":
        """The bar of an edition at a moment."""
        jumps = jumps_of(edition)
        passed = [jump.code for jump in jumps if jump.moment <= now]
        here = passed[-1] if passed else ""
        return cls(now, [Jump(jump.code, jump.label, jump.moment, jump.code == here) for jump in jumps])


def jumps_of(edition: Edition) -> list[Jump]:
    """Nine in the morning of a day in each phase, from the milestones in force; phases without a date are left out."""
    found = []
    for code, (label, action, pick) in JUMPS.items():
        if moment := pick(span_of(action, edition.rulebook, edition.calendar)):
            day = moment.astimezone(clock.BEIJING).date()
            found.append(Jump(code, label, datetime.combine(day, MORNING, clock.BEIJING)))
    return found


def start_of(edition: Edition) -> datetime:
    """Where the demo begins: 2024-12-10 09:00 for the first Guangdong edition."""
    return jumps_of(edition)[0].moment


@require_POST
def jump(request: HttpRequest) -> HttpResponse:
    """Set contest time to a phase and go back to the page; anyone may, in the demo only."""
    if not settings.DEMO:
        raise Http404
    edition = Edition.objects.current()
    target = next((j for j in jumps_of(edition) if j.code == request.POST.get("to")), None) if edition else None
    if target is None:
        return HttpResponseBadRequest("没有这个阶段，请用演示栏里的按钮跳转。")
    clock.set_now(target.moment)
    back = request.POST.get("next", "/")
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
