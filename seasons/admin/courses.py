"""A course before contacts and the organiser: sessions, materials, quiz, who was there."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from unfold.decorators import display

from core.accounts.requests import SignedInRequest
from core.portal_admin import ReadOnlyPortalAdmin
from registrations.admin.unit_people import ReasonForm

from ..models import Course
from ..services import courses
from ..training_access import runs_course
from .attendance import CourseAttendance
from .training_forms import CourseForm, MaterialForm, QuestionForm, SessionForm

TONES = {"准备中": "", "已发布": "success", "已取消": "danger"}


@admin.register(Course)
class CourseAdmin(CourseAttendance, ReadOnlyPortalAdmin):
    """Courses; contacts run those of their track and of no track."""

    contacts_may = frozenset({"view"})
    list_display = ["name", "theme", "for_whom", "status", "seats", "session_count"]
    list_filter = ["state"]
    list_select_related = ["season", "track"]
    search_fields = ["name", "teacher"]
    search_help_text = "课程名称、主讲"
    fields = ["season", "name", "state"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Course]:
        """Those that this member of staff runs."""
        planned = Count("sessions", filter=Q(sessions__state="planned"), distinct=True)
        found = Course.objects.run_by(request.user).select_related("season__edition", "season__category", "track")
        return found.annotate(planned_count=planned)

    @display(description="主题")
    def theme(self, course: Course) -> str:
        return course.season.name

    @display(description="对象")
    def for_whom(self, course: Course) -> str:
        return course.track.name if course.track else "三条赛道"

    @display(description="状态", label=TONES)
    def status(self, course: Course) -> str:
        return course.get_state_display()

    @display(description="已报名")
    def seats(self, course: Course) -> str:
        return f"{course.taken}/{course.capacity}" if course.capacity else f"{course.taken} 人"

    @display(description="课次")
    def session_count(self, course: Course) -> str:
        return f"{course.planned_count} 次"  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        deeds = {
            "edit/": ("edit", self.edit_page), "publish/": ("publish", self.publish_page),
            "cancel/": ("cancel", self.cancel_page), "attendance/": ("attendance", self.attendance_page),
            "export/": ("export", self.export_page), "sessions/": ("session_new", self.session_page),
            "sessions/<int:session>/": ("session_edit", self.session_page),
            "sessions/<int:session>/cancel/": ("session_cancel", self.session_cancel_page),
            "sessions/<int:session>/import/": ("import_page", self.import_page),
            "sessions/<int:session>/import/template/": ("import_template", self.import_template),
            "sessions/<int:session>/mark/<int:enrolment>/": ("mark", self.mark_page),
            "materials/": ("material_new", self.material_page),
            "materials/<int:lesson>/": ("material_edit", self.material_page),
            "materials/<int:lesson>/remove/": ("material_remove", self.material_remove_page),
            "questions/": ("question_new", self.question_page),
            "questions/<int:question>/": ("question_edit", self.question_page),
            "questions/<int:question>/remove/": ("question_remove", self.question_remove_page),
        }  # fmt: skip
        own = [
            path(f"<int:course>/{route}", wrap(page), name=f"seasons_course_{name}")
            for route, (name, page) in deeds.items()
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The course at a glance, and what can be done next."""
        course = self.visible_or_404(request, object_id)
        context: dict[str, Any] = {
            "course": course,
            "sessions": course.sessions.annotate(signed=Count("attendances__enrolment", distinct=True)),
            "materials": course.materials.annotate(seen_by=Count("seen")),
            "questions": course.questions.all(),
            "back": self.url_of("changelist"),
        }
        context["moments"] = self.told(course)
        return self.page(request, "seasons/admin/course.html", course.name, **context)

    # --- The course itself ------------------------------------------------------------------------------

    def edit_page(self, request: SignedInRequest, course: int) -> HttpResponse:
        """Its words, seats and marks."""
        found = self.run(request, course)
        tracks = found.season.edition.tracks.all()
        if not request.user.is_superuser:
            tracks = tracks.filter(pk__in=request.user.track_contacts.values("track"))
        form = CourseForm(tracks, found, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            courses.save_course(found.season, values, by=request.user, course=found)
            return "课程已保存"

        back = self.url_of("change", found)
        return self.ask(request, form, act, title=f"修改课程：{found}", button="保存", back=back)

    def publish_page(self, request: SignedInRequest, course: int) -> HttpResponse:
        """Opens enrolment."""
        found = self.run(request, course)

        def act(values: dict[str, Any]) -> str:
            courses.publish_course(found, by=request.user)
            return "课程已发布，可以报名"

        effects = [
            "所有人在“培训课程”里看到它，符合条件的参赛者可以报名，不收费",
            "入会链接只给已报名的人看，开课前 15 分钟出现",
        ]
        return self.ask(
            request, self.plain(request), act, title=f"发布课程：{found}", button="发布",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def cancel_page(self, request: SignedInRequest, course: int) -> HttpResponse:
        """Asks why."""
        found = self.run(request, course)

        def act(values: dict[str, Any]) -> str:
            courses.cancel_course(found, reason=values["reason"], by=request.user)
            return "课程已取消，已报名的人收到通知"

        effects = [f"通知已报名的 {found.taken} 人，理由写在通知里", "出勤记录留存，不再计入推选"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"取消课程：{found}", button="取消课程",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    # --- Sessions, materials, questions -----------------------------------------------------------------

    def session_page(self, request: SignedInRequest, course: int, session: int | None = None) -> HttpResponse:
        """A new session, or one to change."""
        found = self.run(request, course)
        old = get_object_or_404(found.sessions, pk=session) if session else None
        form = SessionForm(old, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            courses.save_session(found, values, by=request.user, session=old)
            return "课次已保存"

        effects = ["改了时间，会通知已报名的人"] if old and found.state == "published" else []
        return self.ask(
            request, form, act, title=f"修改课次：{old}" if old else f"新排一次课：{found}", button="保存",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def session_cancel_page(self, request: SignedInRequest, course: int, session: int) -> HttpResponse:
        """Asks why."""
        found = self.run(request, course)
        one = get_object_or_404(found.sessions, pk=session)

        def act(values: dict[str, Any]) -> str:
            courses.cancel_session(one, reason=values["reason"], by=request.user)
            return f"“{one}”已取消"

        effects = ["通知已报名的人", "这次课不再计入应到分钟，已有的签到留存"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"取消课次：{one}", button="取消这次课",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def material_page(self, request: SignedInRequest, course: int, lesson: int | None = None) -> HttpResponse:
        """A new material, or one to change."""
        found = self.run(request, course)
        old = get_object_or_404(found.materials, pk=lesson) if lesson else None
        form = MaterialForm(found, old, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            courses.save_material(found, values, by=request.user, material=old)
            return "材料已保存"

        title = f"修改材料：{old}" if old else f"新增材料：{found}"
        return self.ask(request, form, act, title=title, button="保存", back=self.url_of("change", found))

    def material_remove_page(self, request: SignedInRequest, course: int, lesson: int) -> HttpResponse:
        """Asks once more."""
        found = self.run(request, course)
        one = get_object_or_404(found.materials, pk=lesson)

        def act(values: dict[str, Any]) -> str:
            courses.remove_material(one, by=request.user)
            return f"“{one}”已删去"

        effects = ["参赛者不再看到它，谁学过它的记录也一起删去"]
        return self.ask(
            request, self.plain(request), act, title=f"删去材料：{one}", button="删去",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def question_page(self, request: SignedInRequest, course: int, question: int | None = None) -> HttpResponse:
        """A new question, or one to change."""
        found = self.run(request, course)
        old = get_object_or_404(found.questions, pk=question) if question else None
        form = QuestionForm(old, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            courses.save_question(found, values, by=request.user, question=old)
            return "测验题已保存"

        title = f"修改测验题：{old}" if old else f"新增测验题：{found}"
        return self.ask(request, form, act, title=title, button="保存", back=self.url_of("change", found))

    def question_remove_page(self, request: SignedInRequest, course: int, question: int) -> HttpResponse:
        """Asks once more."""
        found = self.run(request, course)
        one = get_object_or_404(found.questions, pk=question)

        def act(values: dict[str, Any]) -> str:
            courses.remove_question(one, by=request.user)
            return "测验题已删去"

        return self.ask(
            request, self.plain(request), act, title=f"删去测验题：{one}", button="删去",
            back=self.url_of("change", found), effects=["还没有人做过测验时才能删"],
        )  # fmt: skip

    # --- Finding ------------------------------------------------------------------------------------------

    def run(self, request: SignedInRequest, course: int) -> Course:
        """A course that this member of staff runs: not visible → 404, not able → 403."""
        found: Course = self.visible_or_404(request, str(course))
        if not runs_course(request.user, found):
            raise PermissionDenied
        return found

    def plain(self, request: SignedInRequest) -> forms.Form:
        """A form that asks nothing but the click."""
        return forms.Form(request.POST if request.method == "POST" else None)
