"""What must always hold of training."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from core.audit.invariants import Finding

from .models import Advance, Attendance, Course, QuizTry


def invariants() -> Iterator[Finding]:
    """Seats are counted right, attendance fits its session, nobody goes on against the rule without a reason."""
    seated = Count("enrolments", filter=Q(enrolments__left_at=None))
    wrong = Course.objects.annotate(seated=seated).exclude(taken=F("seated"))
    yield "课程的报名人数等于名单", [f"课程 {one.pk}" for one in wrong]
    astray = Attendance.objects.exclude(session__course=F("enrolment__course"))
    yield "出勤属于报名的那门课", [f"出勤 {one.pk}" for one in astray]
    long = [one for one in Attendance.objects.select_related("session") if one.minutes > one.session.minutes]
    yield "出勤不超过课次的长度", [f"出勤 {one.pk}" for one in long]
    early = Attendance.objects.filter(at__lt=F("session__starts_at"))
    yield "出勤记在开课之后", [f"出勤 {one.pk}" for one in early]
    unsaid = Advance.objects.exclude(goes=F("by_rule")).filter(reason="")
    yield "与规则不同的推选都有理由", [f"推选 {one.pk}" for one in unsaid]
    quiet = Advance.objects.filter(state="published", published_at=None)
    yield "公布的推选有公布时间", [f"推选 {one.pk}" for one in quiet]
    more = QuizTry.objects.filter(Q(right__gt=F("total")) | Q(number__gt=F("enrolment__course__tries")))
    yield "测验不超过题数和次数", [f"测验 {one.pk}" for one in more]
