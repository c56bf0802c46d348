"""Who was at the sessions of a course: the table, a contact's word, the meeting tool's file, the export."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import PortalAdmin
from core.problems import refuse_if
from core.sheets import Line, Table, write_xlsx
from registrations.admin.uploads import SheetPage, workbook

from ..models import Course, Enrolment, QuizTry, Session
from ..rules.training import minutes_of
from ..services import attendance_files, attending
from ..services.training_facts import planned, told_of
from ..training_access import answers_for
from ..training_sheets import MEETING, attendance_columns, attendance_rows
from .training_forms import MarkForm

SHOWN = 50
VERDICTS = {"new": "将登记", "changed": "将更正", "unchanged": "不变", "wrong": "没有对上"}


class CourseAttendance(PortalAdmin):
    """A room of the course's admin."""

    def run(self, request: SignedInRequest, course: int) -> Course:
        """See CourseAdmin."""
        raise NotImplementedError

    def told(self, course: Course) -> Sequence[Any]:
        """The course's own deeds and those of its sessions."""
        return timeline(course, *course.sessions.all())

    def attendance_page(self, request: SignedInRequest, course: int) -> HttpResponse:
        """Everybody of the reader's tracks with a seat, and how long they were at each session."""
        found = self.run(request, course)
        shown = Paginator(self._seats(found, request), SHOWN).get_page(request.GET.get("page"))
        sessions = planned(found)
        told = told_of(seat.pk for seat in shown)
        lines = []
        for seat in shown:
            marks = [(one, told.get((one.pk, seat.pk), {})) for one in sessions]
            minutes = [(one, minutes_of(mark, one.minutes) if mark else None) for one, mark in marks]
            lines.append((seat, minutes, sum(number or 0 for _, number in minutes)))
        return self.page(
            request, "seasons/admin/attendance.html", f"出勤：{found}", course=found, sessions=sessions,
            lines=lines, shown=shown, back=self.url_of("change", found),
        )  # fmt: skip

    def mark_page(self, request: SignedInRequest, course: int, session: int, enrolment: int) -> HttpResponse:
        """A contact says how long somebody was there."""
        found = self.run(request, course)
        one = get_object_or_404(found.sessions.select_related("course"), pk=session)
        seats = found.enrolments.here().visible_to(request.user).select_related("member__entry__track")
        seat = get_object_or_404(seats, pk=enrolment)
        if not answers_for(request.user, seat.member.entry):
            raise PermissionDenied
        form = MarkForm(request.POST if request.method == "POST" else None, initial={"minutes": one.minutes})

        def act(values: dict[str, Any]) -> str:
            attending.mark(one, seat, values["minutes"], reason=values["reason"], by=request.user)
            return f"已登记：{seat.member.name} {values['minutes']} 分钟"

        effects = [f"“{one}”共 {one.minutes} 分钟；登记的分钟数优先于签到码和参会记录"]
        return self.ask(
            request, form, act, title=f"登记出勤：{seat.member.name}", button="登记",
            back=self.url_of("attendance", found), effects=effects,
        )  # fmt: skip

    def import_page(self, request: SignedInRequest, course: int, session: int) -> HttpResponse:
        """Upload → what each row would do, the unmatched listed → confirm."""
        found = self.run(request, course)
        one = get_object_or_404(found.sessions.select_related("course__season__edition"), pk=session)
        page = SheetPage(
            title=f"导入参会记录：{one}",
            columns=MEETING,
            judge=lambda table: self._judge(one, table, request),
            act=lambda table: self._import(one, table, request),
            verdicts=VERDICTS,
            button="登记出勤",
            template_url="seasons_course_import_template",
            args=(found.pk, one.pk),
            hint="会议软件（如腾讯会议）导出的参会成员表照原样上传；按昵称或姓名对人，对不上的列出来，由您手工登记。",
        )
        return page.respond(self, request)

    def import_template(self, request: SignedInRequest, course: int, session: int) -> HttpResponse:
        """An empty table, for a tool whose own cannot be read."""
        found = self.run(request, course)
        get_object_or_404(found.sessions, pk=session)
        return workbook(write_xlsx(MEETING, [], spare_rows=30), "参会记录-模板.xlsx")

    def export_page(self, request: SignedInRequest, course: int) -> HttpResponse:
        """The table as a workbook; without phones."""
        found = self.run(request, course)
        seats, sessions = list(self._seats(found, request)), planned(found)
        told = told_of(seat.pk for seat in seats)
        passed = set(QuizTry.objects.filter(enrolment__in=seats, passed=True).values_list("enrolment", flat=True))
        rows = attendance_rows(found, seats, sessions, told, passed)
        content = write_xlsx(attendance_columns(sessions), rows, title=f"{found}：出勤", sheet="出勤")
        return workbook(content, f"{found.name}-出勤.xlsx")

    def _seats(self, course: Course, request: SignedInRequest) -> QuerySet[Enrolment]:
        seats = course.enrolments.here().reviewed_by(request.user)
        return seats.select_related("member__entry__track").order_by("member__entry", "pk")

    def _judge(self, session: Session, table: Table, request: SignedInRequest) -> Sequence[Line]:
        refuse_if(attendance_files.check_file(session, table))
        return attendance_files.judge_attendance(session, table, request.user)

    def _import(self, session: Session, table: Table, request: SignedInRequest) -> str:
        count = attendance_files.import_attendance(session, table, by=request.user)
        return f"“{session}”已登记 {count} 人的出勤"
