"""The code screen of a session (签到大屏): big, renewed by itself; for who runs the course."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.accounts.access import signed_in
from core.links import link_to
from judging.live_qr import code_of

from ..models import Attendance, Session
from ..services import attending
from ..training_access import runs_course
from .training import session_of


def run_session(request: HttpRequest, pk: int) -> Session:
    """A session that the reader runs: not visible → 404, not able → 403."""
    found = session_of(request, pk)
    if not runs_course(signed_in(request), found.course):
        raise PermissionDenied
    return found


@login_required
@require_safe
@never_cache
def session_screen(request: HttpRequest, session: int) -> HttpResponse:
    """The screen; without JavaScript it loads itself again."""
    found = run_session(request, session)
    state = _state(found)
    qr = code_of(link_to("session_attend", session=found.pk))
    return render(request, "seasons/screen.html", {"session": found, "qr": qr, "state": state})


@login_required
@require_safe
@never_cache
def session_code(request: HttpRequest, session: int) -> HttpResponse:
    """What the screen asks for when its code runs out."""
    return JsonResponse(_state(run_session(request, session)))


def _state(session: Session) -> dict[str, object]:
    """code: six digits in two groups, "" outside the window; left: seconds until the next."""
    now = clock.now()
    live = session.state == "planned" and session.starts_at <= now < session.ends_at
    code, left = attending.code_now(session, now)
    signed = Attendance.objects.filter(session=session, how="code").count()
    word = "已取消" if session.state != "planned" else "已结束" if now >= session.ends_at else "还没有开始"
    if not live:
        wait = max(int((session.starts_at - now).total_seconds()), 0)
        return {"code": "", "left": min(max(wait, 5), 60), "step": session.step, "signed": signed, "word": word}
    return {"code": f"{code[:3]} {code[3:]}", "left": left, "step": session.step, "signed": signed, "word": ""}
