"""What training keeps of a person: gathered for them, deleted at their request (PIPL).

Names stand in the entry's people alone; what is kept here are seats, minutes and answers. After a deletion the minutes
stay under the person's alias, so that a published list can still be checked; answers and reading go.
"""

from collections import Counter
from datetime import datetime

from django.db.models import Count, QuerySet, Sum

from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.personal import Person, Section
from tracks.models import Edition

from .models import Advance, Attendance, Enrolment, QuizTry, Seen


def gather(user: User) -> list[Section]:
    """Seats, attendance, what was studied, the quiz, what was decided of one's entries."""
    return [_seats(user), _attendance(user), _studied(user), _tries(user), _advances(user)]


def purge(person: Person) -> Counter[str]:
    """Answers, reading and contacts' words go, from history too; minutes stay under the alias.

    In the caller's transaction and `recorded(…)`, before the account itself is closed.
    """
    done = _forget(Enrolment.objects.filter(member__user=person.user))
    entries = Advance.objects.filter(entry__people__user=person.user).exclude(reason="")
    decided = list(entries.distinct().values_list("pk", "reason"))
    named = [pk for pk, reason in decided if person.is_named_in(reason)]
    Advance.objects.filter(pk__in=named).update(reason=REDACTED)
    redact(Advance, named)
    done["推选理由里的姓名"] = len(named)
    return done


def expire(edition: Edition, ended: datetime) -> int:
    """An edition's reading, answers and contacts' words; seats, minutes, results and decisions stay."""
    return _forget(Enrolment.objects.filter(course__season__edition=edition)).total()


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: seats, minutes, decisions."""
    found = Counter[tuple[object, ...]]()
    for course, count in Enrolment.objects.values_list("course").annotate(count=Count("pk")).order_by():
        found["enrolment", course] = count
    minutes = Attendance.objects.values_list("session", "how").annotate(total=Sum("minutes")).order_by()
    for session, how, total in minutes:
        found["attendance", session, how] = total
    for season, goes, count in Advance.objects.values_list("season", "goes").annotate(count=Count("pk")).order_by():
        found["advance", season, goes] = count
    return found


def _forget(seats: QuerySet[Enrolment]) -> Counter[str]:
    """What was learnt in these seats, from history too; what was forgotten before is not counted again."""
    done = Counter[str]()
    done["学习进度"] = Seen.objects.filter(enrolment__in=seats).delete()[0]
    done["测验作答（成绩保留）"] = QuizTry.objects.filter(enrolment__in=seats).exclude(answers={}).update(answers={})
    told = list(
        Attendance.objects.filter(enrolment__in=seats).exclude(note__in=("", REDACTED)).values_list("pk", flat=True)
    )
    Attendance.objects.filter(pk__in=told).update(note=REDACTED)
    redact(Attendance, told)
    done["出勤登记的说明"] = len(told)
    return done


def _seats(user: User) -> Section:
    seats = Enrolment.objects.filter(member__user=user).select_related("course__season")
    rows = [(str(one.course.season), one.course.name, one.enrolled_at, one.left_at) for one in seats]
    return Section("我的培训报名", ("主题", "课程", "报名时间", "退出时间"), rows)


def _attendance(user: User) -> Section:
    found = Attendance.objects.filter(enrolment__member__user=user).select_related("session__course")
    rows = [
        (one.session.course.name, one.session.title, one.get_how_display(), one.minutes, one.at, one.note)
        for one in found
    ]
    return Section("我的出勤", ("课程", "课次", "来源", "分钟", "记录时间", "说明"), rows)


def _studied(user: User) -> Section:
    found = Seen.objects.filter(enrolment__member__user=user).select_related("material__course")
    rows = [(one.material.course.name, one.material.title, one.at) for one in found]
    return Section("我学完的材料", ("课程", "材料", "时间"), rows)


def _tries(user: User) -> Section:
    found = QuizTry.objects.filter(enrolment__member__user=user).select_related("enrolment__course")
    rows = [
        (one.enrolment.course.name, one.number, f"{one.right}/{one.total}", one.passed, str(one.answers), one.at)
        for one in found
    ]
    return Section("我的测验", ("课程", "第几次", "答对", "及格", "作答", "时间"), rows)


def _advances(user: User) -> Section:
    found = Advance.objects.filter(state="published", entry__people__user=user, entry__people__left_at=None)
    rows = [
        (str(one.season), "推选参赛" if one.goes else "未推选", one.why, one.reason, one.published_at)
        for one in found.select_related("season").distinct()
    ]
    return Section("培训后的推选", ("主题", "结果", "依据", "理由", "公布时间"), rows)
