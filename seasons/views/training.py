"""Training for participants: the themes, a course, a seat in it, being there."""

from urllib.parse import quote

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock
from core.accounts.access import signed_in
from core.forms import show_problems
from core.idempotency import once
from core.problems import Problem, Refused
from tracks.current import about, contest_time, edition_page
from tracks.models import Edition

from ..calendars import calendar
from ..models import Course, Enrolment, Session
from ..services import attending, enrolling
from ..training_access import runs_course
from ..training_forms import CodeForm
from ..training_pages import CoursePage, themes_of

TOO_OFTEN = Problem("code.too_often", "试得太频繁，请看清大屏幕上的签到码，过几分钟再填", "code")


def course_of(request: HttpRequest, pk: int) -> Course:
    """A course that the reader sees; 404 otherwise."""
    courses = Course.objects.visible_to(request.user)  # type: ignore[arg-type]
    related = courses.select_related("season__edition", "season__category", "season__milestone", "track")
    found = get_object_or_404(related.prefetch_related("sessions", "materials"), pk=pk)
    about(request, found.season.edition)
    return found


def session_of(request: HttpRequest, pk: int) -> Session:
    """A session of a course that the reader sees; 404 otherwise."""
    courses = Course.objects.visible_to(request.user)  # type: ignore[arg-type]
    sessions = Session.objects.filter(course__in=courses).select_related("course__season__edition", "course__track")
    found = get_object_or_404(sessions, pk=pk)
    about(request, found.course.season.edition)
    return found


@require_safe
@edition_page
def training(request: HttpRequest, edition: Edition) -> HttpResponse:
    """培训: every theme with its courses."""
    page = {"themes": themes_of(edition, request.user), "rule": edition.rulebook.training}
    return render(request, "seasons/training.html", page)


@require_safe
def course(request: HttpRequest, course: int) -> HttpResponse:
    """What it is, when, who of mine is in, how far I am."""
    return _page(request, course_of(request, course))


@login_required
@require_POST
@once
def course_enrol(request: HttpRequest, course: int) -> HttpResponse:
    """A seat for the ticked people: oneself, or whom one represents."""
    found, user = course_of(request, course), signed_in(request)
    people = CoursePage(found, user, contest_time(request)).people
    ticked = {int(pk) for pk in request.POST.getlist("member") if pk.isdecimal()}
    chosen = [one.member for one in people if one.member.pk in ticked]
    try:
        if not chosen:
            raise Refused(Problem("enrolment.none", "请勾选要报名的人", "member"))
        made = enrolling.enrol(found, chosen, by=user)
    except Refused as refused:
        return _page(request, found, refused.problems)
    messages.success(request, f"已报名 {len(made)} 人，上课前会提醒。不收任何费用")
    return redirect("course", course=found.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def course_leave(request: HttpRequest, course: int, enrolment: int) -> HttpResponse:
    """Asks, then gives the seat back."""
    found, user = course_of(request, course), signed_in(request)
    mine = {
        one.enrolment.pk: one.enrolment
        for one in CoursePage(found, user, contest_time(request)).people
        if one.enrolment
    }
    seat = get_object_or_404(Enrolment.objects.select_related("member__entry"), pk=enrolment, pk__in=mine)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            enrolling.leave(seat, by=user)
        except Refused as refused:
            problems = refused.problems
        else:
            messages.success(request, f"{seat.member.name}已退出这门课")
            return redirect("course", course=found.pk)
    page = {"course": found, "enrolment": seat, "problems": problems}
    return render(request, "seasons/course_leave.html", page, status=422 if problems else 200)


@require_safe
def course_calendar(request: HttpRequest, course: int) -> HttpResponse:
    """The sessions for a phone's calendar."""
    found = course_of(request, course)
    content = calendar(found, found.sessions.all(), clock.now())
    name = quote(f"{found.name}.ics")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def session_attend(request: HttpRequest, session: int) -> HttpResponse:
    """签到: the code on the screen, typed into one large field."""
    found, user = session_of(request, session), signed_in(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if not ratelimit.consume(request, action="training_code", key=str(user.pk)):
                raise Refused(TOO_OFTEN)
            new = attending.attend(found, form.cleaned_data["code"], by=user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            messages.success(request, "签到成功" if new else "您已经签过到，不用再签")
            return redirect("course", course=found.course_id)
    page = {"session": found, "form": form, "now": contest_time(request)}
    return render(request, "seasons/session_attend.html", page, status=422 if form.errors else 200)


def _page(request: HttpRequest, found: Course, problems: list[Problem] | None = None) -> HttpResponse:
    page = CoursePage(found, request.user, contest_time(request))
    runs = request.user.is_authenticated and request.user.is_staff and runs_course(signed_in(request), found)
    context = {"page": page, "course": found, "problems": problems or [], "runs": runs}
    return render(request, "seasons/course.html", context, status=422 if problems else 200)
