"""Studying by oneself: a material, the quiz."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from core.accounts.access import signed_in
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused
from tracks.current import about, contest_time

from ..models import Course, Material
from ..services import studying
from ..training_access import runs_course
from ..training_forms import QuizForm
from ..training_pages import CoursePage
from .training import course_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def lesson(request: HttpRequest, lesson: int) -> HttpResponse:
    """A material, for those with a seat and who runs the course; a POST notes that one has gone through it."""
    user = signed_in(request)
    materials = Material.objects.filter(course__in=Course.objects.visible_to(user))
    found = get_object_or_404(materials.select_related("course__season__edition", "session"), pk=lesson)
    about(request, found.course.season.edition)
    seat = studying.seat_of(found.course, user)
    if request.method == "POST":
        try:
            studying.see(found, by=user)
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, problem.message)
        else:
            messages.success(request, f"已记下：“{found.title}”学完了")
        return redirect("course", course=found.course_id)
    page = {
        "lesson": found,
        "seat": seat,
        "seen": seat is not None and seat.seen.filter(material=found).exists(),
        "shown": seat is not None or runs_course(user, found.course),
    }
    return render(request, "seasons/lesson.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def course_quiz(request: HttpRequest, course: int) -> HttpResponse:
    """The quiz on one page; handed in whole."""
    found, user = course_of(request, course), signed_in(request)
    page = CoursePage(found, user, contest_time(request))
    form = QuizForm(found.questions.all(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = studying.try_quiz(found, form.answers, by=user)
        except Refused as refused:
            show_problems(form, refused.problems)
        else:
            tell = messages.success if done.passed else messages.warning
            tell(request, f"答对 {done.right}/{done.total} 题，{'及格' if done.passed else '没有及格'}")
            return redirect("course", course=found.pk)
    status = 422 if form.errors else 200
    return render(request, "seasons/quiz.html", {"course": found, "page": page, "form": form}, status=status)
