"""Columns of training: the meeting tool's attendance file read in; attendance and advancement written out."""

from collections.abc import Iterable, Iterator, Mapping

from core.sheets import Column
from core.sheets.writing import Value

from .models import Course, Enrolment, Session
from .rules.training import minutes_of
from .services.training_facts import Told, Trained

# Tencent Meeting and its like: headers vary by version, times stand with or without seconds.
MEETING = (
    Column(
        "name",
        "昵称",
        aliases=("成员名称", "参会者", "参会人", "用户昵称", "用户名称", "参会成员", "入会昵称", "姓名/昵称"),
        width=24,
    ),
    Column("real_name", "姓名", aliases=("真实姓名", "成员姓名", "参会姓名", "用户姓名"), width=14),
    Column(
        "joined", "首次入会时间", aliases=("入会时间", "加入时间", "进入会议时间", "首次加入时间"), fold=True, width=22
    ),
    Column("left", "最后退会时间", aliases=("退会时间", "离开时间", "离会时间", "最后离开时间"), fold=True, width=22),
    Column(
        "duration",
        "入会时长",
        aliases=("参会时长", "累计入会时长", "累计参会时长", "在会时长", "会议时长", "累计时长", "时长", "参会总时长"),
        fold=True,
        width=14,
    ),
)

ADVANCE = (
    Column("number", "报名编号", width=18),
    Column("title", "参赛者/队伍", width=30),
    Column("track", "赛道", width=16),
    Column("goes", "推选参赛", width=12),
    Column("why", "依据", width=40),
    Column("reason", "调整理由", width=30),
    Column("quiz", "测验", width=10),
    Column("work", "作品", width=14),
    Column("state", "状态", width=12),
)


def attendance_columns(sessions: Iterable[Session]) -> tuple[Column, ...]:
    """One column a session."""
    return (
        Column("number", "报名编号", width=18),
        Column("name", "姓名", width=12),
        Column("entry", "队伍", width=28),
        Column("organisation", "单位", width=28),
        *(Column(f"s{session.pk}", f"{session.title}（{session.minutes} 分钟）", width=16) for session in sessions),
        Column("total", "合计分钟", width=12),
        Column("quiz", "测验", width=10),
    )


def attendance_rows(
    course: Course, seats: Iterable[Enrolment], sessions: list[Session], told: Told, passed: set[int]
) -> Iterator[Mapping[str, Value]]:
    """Everybody with a seat, and how long they were at each session."""
    for seat in seats:
        entry = seat.member.entry
        entry.edition = course.season.edition
        minutes = {f"s{one.pk}": minutes_of(told.get((one.pk, seat.pk), {}), one.minutes) for one in sessions}
        yield {
            "number": entry.number,
            "name": seat.member.name,
            "entry": entry.team_name,
            "organisation": seat.member.organisation or entry.organisation,
            **minutes,
            "total": sum(minutes.values()),
            "quiz": "及格" if seat.pk in passed else "",
        }


def advance_rows(lines: Iterable[Trained]) -> Iterator[Mapping[str, Value]]:
    """The list of a theme."""
    for line in lines:
        yield {
            "number": line.entry.number,
            "title": line.title,
            "track": line.entry.track.name,
            "goes": "是" if line.goes else "否",
            "why": line.why,
            "reason": line.reason,
            "quiz": "及格" if line.quiz else "",
            "work": line.work.get_state_display() if line.work else "",
            "state": "已公布" if line.published else "未公布",
        }
