"""The meeting tool's attendance file read in: names matched with the enrolled, the others listed."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, refuse_if
from core.sheets import Line, Row, Table

from ..models import Attendance, Session
from ..rules import meetings
from ..rules.meetings import Known, Window


@dataclass(frozen=True)
class AttendanceLine(Line):
    """One row of the file; of several of one person the first carries the sum."""

    enrolment: int | None = None
    minutes: int = 0
    note: str = ""


def check_file(session: Session, table: Table) -> list[Problem]:
    """Refuses the file of another session, by its dates, and one of a cancelled or coming session."""
    if session.state != "planned":
        return [Problem("attendance.cancelled", "这次课已取消，不登记出勤")]
    if clock.now() < session.starts_at:
        return [Problem("attendance.early", "这次课还没有开始，开始后再导入")]
    joined = [at for row in table.rows if (at := _moment(row.values.get("joined", "")))]
    if meetings.belongs(joined, _window(session)):
        return []
    found = min(joined)
    siblings = Session.objects.filter(course__season__edition=session.course.season.edition_id).exclude(pk=session.pk)
    other = next((one for one in siblings.select_related("course") if meetings.belongs(joined, _window(one))), None)
    whose = f"，应是“{other.course}”的“{other.title}”" if other else ""
    words = f"这份文件记的是 {found:%Y-%m-%d %H:%M} 前后的会议，不是本次课{whose}。请核对后上传本次课的文件"
    return [Problem("attendance.other_session", words, "joined")]


def judge_attendance(session: Session, table: Table, user: User) -> list[AttendanceLine]:
    """What each row would do; people of other tracks than the reader's count as not found."""
    seats = session.course.enrolments.here().reviewed_by(user).select_related("member__entry__edition")
    people = [
        Known(
            seat.pk, seat.member.name, (seat.member.entry.number, seat.member.entry.team_name, seat.member.organisation)
        )
        for seat in seats
    ]
    stored = dict(session.attendances.filter(how="file").values_list("enrolment", "minutes"))
    lines = [_line(session, row, people) for row in table.rows]
    return _summed(session, lines, stored)


def import_attendance(session: Session, table: Table, *, by: User) -> int:
    """Write the good rows. Returns how many people; the same file again changes nothing. Raises Refused for the file of
    another session."""
    refuse_if(check_file(session, table))
    good = [line for line in judge_attendance(session, table, by) if line.verdict in ("new", "changed")]
    with transaction.atomic(), recorded("attendance.imported", by=by):
        now = clock.now()
        for line in good:
            told = {"minutes": line.minutes, "at": now, "note": ""}  # the nickname names a person
            key: dict[str, Any] = {"session": session, "enrolment_id": line.enrolment or 0, "how": "file"}
            Attendance.objects.update_or_create(**key, defaults=told)
    return len(good)


def _line(session: Session, row: Row, people: list[Known]) -> AttendanceLine:
    values, problems = row.values, list(row.problems)
    name = values.get("real_name") or values.get("name", "")
    found = meetings.who(name, people)
    if len(found) != 1 and values.get("name", "") != name:
        found = meetings.who(values["name"], people) or found
    joined, left = _moment(values.get("joined", "")), _moment(values.get("left", ""))
    told = meetings.minutes(values["duration"]) if values.get("duration") else None
    if values.get("duration") and told is None:
        problems.append(
            Problem("attendance.duration", f"看不懂时长“{values['duration']}”，请写成 62 分钟或 1:02:00", "duration")
        )
    if joined is None and told is None:
        problems.append(Problem("attendance.nothing", "没有入会时间，也没有时长", "duration"))
    if joined and not _window(session).holds(joined):
        problems.append(Problem("attendance.outside", "入会时间不在本次课前后，这一行不算", "joined"))
    if not found:
        problems.append(Problem("attendance.unmatched", "报名这门课的人里没有这个名字，请核对后手工登记", "name"))
    if len(found) > 1:
        names = f"有 {len(found)} 位同名，分不清是哪一位，请手工登记"
        problems.append(Problem("attendance.namesakes", names, "name"))
    minutes = _window(session).within(joined, left, told)
    seat = found[0].key if len(found) == 1 else None
    verdict = "wrong" if problems else "new"
    return AttendanceLine(row.number, name, verdict, problems, enrolment=seat, minutes=minutes)  # type: ignore[arg-type]


def _summed(session: Session, lines: list[AttendanceLine], stored: dict[int, int]) -> list[AttendanceLine]:
    """Who left and came back stands in several rows: they are one."""
    total: defaultdict[int, int] = defaultdict(int)
    for line in lines:
        if line.verdict == "new" and line.enrolment:
            total[line.enrolment] += line.minutes
    seen: set[int] = set()
    made = []
    for line in lines:
        key = line.enrolment
        if line.verdict == "wrong" or key is None:
            made.append(line)
            continue
        minutes = min(total[key], session.minutes)
        if key in seen:
            made.append(replace(line, verdict="unchanged", note="同一人另有一行，已合并计算"))
            continue
        seen.add(key)
        before = stored.get(key)
        verdict = "new" if before is None else "unchanged" if before == minutes else "changed"
        changes = {"分钟": (str(before), str(minutes))} if verdict == "changed" else {}
        made.append(replace(line, verdict=verdict, minutes=minutes, changes=changes, note=f"{minutes} 分钟"))  # type: ignore[arg-type]
    return made


def _moment(text: str) -> datetime | None:
    found = meetings.moment(text)
    return found.replace(tzinfo=clock.BEIJING) if found else None


def _window(session: Session) -> Window:
    return Window(session.starts_at.astimezone(clock.BEIJING), session.ends_at.astimezone(clock.BEIJING))
