"""三个培训主题: courses, seats, attendance by code and by file, who advances; and what must be refused on the way."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core import clock
from core.clock import BEIJING
from core.sheets import Book, Sheet, Table, find_table
from judging.models import Candidate
from registrations.entry_models import Entry, Member
from registrations.work_models import Work
from seasons.models import Advance, Attendance, Course, Enrolment, Season, Session
from seasons.services import advancing, attendance_files, attending, courses, enrolling, training_reminders
from seasons.services.training_facts import trained
from seasons.training_sheets import MEETING
from tracks.models import Track
from tracks.rulebook.adopt import adopt_defaults

from .. import editions
from .hands import LONG
from .scene import Scene

EVENINGS = (datetime(2025, 1, 14, 19, 30, tzinfo=BEIJING), datetime(2025, 1, 16, 19, 30, tzinfo=BEIJING))
LENGTH = timedelta(minutes=90)
SMALL = 3  # seats of a second, sought-after course
BY_FILE = "C"  # this theme's people are taken from the meeting tool's file, the others type the code
SEATED, THERE, PICKED = 0.9, 0.85, 0.1  # shares: with a seat; there on an evening; picked of those below the line


def _themes(scene: Scene) -> list[Season]:
    found = Season.objects.filter(edition=scene.edition, kind="training").select_related("edition", "category")
    return list(found.order_by("position"))


def plan(scene: Scene) -> None:
    """One course a theme on two evenings; a small one beside the first, whose seats run out."""
    for theme in _themes(scene):
        course = courses.save_course(theme, {"name": f"{theme.industry}入门"}, by=scene.organiser)
        scene.refused({"course.empty"}, courses.publish_course, course, by=scene.organiser)
        for number, starts in enumerate(EVENINGS, 1):
            told = {"title": f"第 {number} 讲", "starts_at": starts, "ends_at": starts + LENGTH}
            courses.save_session(course, told | {"link": "https://meeting.example.test/"}, by=scene.organiser)
        with scene.accepted(course):
            courses.publish_course(course, by=scene.organiser)
    theme = _themes(scene)[0]
    small = courses.save_course(theme, {"name": "小班实操", "capacity": SMALL}, by=scene.organiser)
    for starts in EVENINGS:
        told = {"title": "小班", "starts_at": starts, "ends_at": starts + LENGTH}
        courses.save_session(small, told, by=scene.organiser)
    courses.publish_course(small, by=scene.organiser)


def enrol(scene: Scene) -> None:
    """The representatives of most accepted entries take seats in the themes of their categories."""
    chance = scene.training
    seats: list[tuple[Member, Course]] = []
    wishes: list[tuple[Member, Course]] = []
    for theme in _themes(scene):
        course, *small = theme.courses.order_by("position")
        seated = [member for member in scene.lend(_leaders(theme)) if chance.random() < SEATED]
        seats += [(member, course) for member in seated]
        wishes += [(member, small[0]) for member in seated if small and chance.random() < 0.5]
        outsider = Member.objects.here().exclude(entry__state__in=("accepted", "entered")).first()
        if outsider:
            scene.refused({"enrolment.entry"}, enrolling.enrol, course, [outsider], by=outsider.user)
    # Entry by entry, as they come: people of one course wait for one another.
    scene.each(sorted(seats, key=lambda seat: seat[0].entry_id), partial(_enrol, scene))
    for member, course in wishes:
        _squeeze(scene, course, member)


def _enrol(scene: Scene, seat: tuple[Member, Course]) -> None:
    member, course = seat
    with scene.accepted(member):
        enrolling.enrol(course, [member], by=member.user)


def remind(scene: Scene) -> None:
    """A day before; asked twice, told once."""
    first, again = (training_reminders.remind(clock.now()) for _ in range(2))
    scene.expect(not again, f"上课提醒重复发了 {again} 份")
    scene.counts["training.reminded"] += first


def attend(scene: Scene) -> None:
    """An evening: most type the code; some are late with it, some take another room's."""
    chance, now = scene.training, clock.now()
    live = Session.objects.filter(state="planned", starts_at__lte=now, ends_at__gt=now)
    rooms = list(live.select_related("course__season__edition", "course__season__category").order_by("pk"))
    for room in rooms:
        if room.course.season.category and room.course.season.category.code == BY_FILE:
            continue
        code = attending.code_now(room, now)[0]
        seats = room.course.enrolments.here().select_related("member__user").order_by("member__entry")
        there = [seat for seat in seats if chance.random() < THERE]
        scene.each(there, partial(_attend, scene, room, code))
    _wrong_codes(scene, rooms, now)


def _attend(scene: Scene, room: Session, code: str, seat: Enrolment) -> None:
    with scene.accepted(seat):
        attending.attend(room, code, by=seat.member.user)
    scene.counts["training.codes"] += 1


def import_files(scene: Scene) -> None:
    """What the meeting tool told of the theme without codes; strangers stay out, the wrong evening is refused."""
    theme = next((one for one in _themes(scene) if one.category and one.category.code == BY_FILE), None)
    if theme is None:
        return
    rooms = theme.courses.get().sessions.select_related("course__season__edition").order_by("starts_at")
    scene.each(rooms, partial(_import, scene), few=LONG)


def _import(scene: Scene, room: Session) -> None:
    chance = scene.people.chance
    rows = [["路人", *_times(room, 80)]]
    people = room.course.enrolments.here().order_by("member__entry").values_list("member__name", flat=True)
    rows += [[name, *_times(room, chance.randint(40, 90))] for name in people if chance.random() < THERE]
    lines = attendance_files.judge_attendance(room, _table(rows), scene.organiser)
    scene.counts["training.unmatched"] += sum(line.verdict == "wrong" for line in lines)
    with scene.accepted(room):
        scene.counts["training.filed"] += attendance_files.import_attendance(room, _table(rows), by=scene.organiser)
        again = attendance_files.import_attendance(room, _table(rows), by=scene.organiser)
        scene.expect(not again, f"同一份参会记录再导入，多了 {again} 人")
    strange = _table([["路人", *_times(room, 80, days=30)]])
    code = {"attendance.other_session"}
    scene.refused(code, attendance_files.import_attendance, room, strange, by=scene.organiser)


def decide(scene: Scene) -> None:
    """Contacts look through the lists, pick a few, publish; published again, nothing happens. A stranger may not."""
    scene.edition.refresh_from_db()
    theme = _themes(scene)[0]
    if advancing.undecided(theme):
        track, by = next(iter(scene.contacts.items()))
        scene.refused({"advance.undecided"}, advancing.publish, theme, track, seen="", by=by)
        editions.load(adopt_defaults(scene.edition.text, {"Q9"}), by=scene.organiser, reason="主办会议采纳缺省")
        scene.edition.refresh_from_db()
    lists = [(theme, track) for theme in _themes(scene) for track in scene.contacts]
    scene.each(lists, partial(_decide, scene), few=LONG)


def _decide(scene: Scene, one: tuple[Season, Track]) -> None:
    (theme, track), contact = one, scene.contacts[one[1]]
    for line in trained(theme, [track]):
        if not line.goes and scene.people.some(PICKED):
            scene.refused({"reason.missing"}, advancing.adjust, theme, line.entry, True, reason="", by=contact)
            with scene.accepted(line.entry):
                advancing.adjust(theme, line.entry, True, reason="作品突出，联系人推荐", by=contact)
    with scene.accepted(f"{theme} {track}"):
        advancing.publish(theme, track, seen=_seen(theme, track), by=contact)
        again = advancing.publish(theme, track, seen=_seen(theme, track), by=contact)
        scene.expect(not again, f"推选名单重复公布了 {len(again)} 份")
    if stranger := next((one for one in scene.contacts.values() if one != contact), None):
        scene.refused({"advance.track"}, advancing.publish, theme, track, seen="", by=stranger)


def fill(scene: Scene) -> None:
    """Works of those who advanced enter the pools by themselves; again, none does."""
    first, again = advancing.fill_pools(), advancing.fill_pools()
    scene.expect(not again, f"推选的作品重复列入了 {again} 件")
    scene.counts["training.pooled"] += Candidate.objects.filter(version__isnull=False).count()
    scene.counts["training.pooled_late"] += first


def going(work: Work) -> bool:
    """Whether a work's entry advanced in its theme, or that theme decided nothing."""
    decided = Advance.objects.filter(state="published", season__category__code=work.category)
    mine = decided.filter(entry=work.entry_id).values_list("goes", flat=True).first()
    return bool(mine) if mine is not None else not decided.filter(entry__track=work.entry.track_id).exists()


def totals(scene: Scene) -> dict[str, Any]:
    """What came of it."""
    decided = Counter(Advance.objects.filter(state="published").values_list("goes", flat=True))
    picked = Advance.objects.filter(state="published", goes=True, by_rule=False).count()
    return {
        "themes": len(_themes(scene)),
        "courses": Course.objects.count(),
        "seats": Enrolment.objects.here().count(),
        "reminded": scene.counts["training.reminded"],
        "by_code": Attendance.objects.filter(how="code").count(),
        "by_file": Attendance.objects.filter(how="file").count(),
        "unmatched": scene.counts["training.unmatched"],
        "advanced": decided[True],
        "picked": picked,
        "stayed": decided[False],
        "pooled": scene.counts["training.pooled"],
    }


def _squeeze(scene: Scene, small: Course, member: Member) -> None:
    """Into the course whose seats run out."""
    small.refresh_from_db()
    if small.left:
        with scene.accepted(member):
            enrolling.enrol(small, [member], by=member.user)
    else:
        scene.refused({"course.full"}, enrolling.enrol, small, [member], by=member.user)


def _wrong_codes(scene: Scene, rooms: list[Session], now: datetime) -> None:
    """Late, and of another room: both are refused by name."""
    if len(rooms) < 2:
        return
    there = Attendance.objects.filter(session=rooms[0], how="code").values("enrolment")
    seat = rooms[0].course.enrolments.here().exclude(pk__in=there).select_related("member__user").first()
    if seat is None:
        return
    late = attending.code_now(rooms[0], now - timedelta(minutes=5))[0]
    other = attending.code_now(rooms[1], now)[0]
    scene.refused({"code.late"}, attending.attend, rooms[0], late, by=seat.member.user)
    scene.refused({"code.other"}, attending.attend, rooms[0], other, by=seat.member.user)


def _leaders(theme: Season) -> list[Member]:
    entries = Entry.objects.filter(
        edition=theme.edition_id, state="accepted", categories__contains=[theme.category.code if theme.category else ""]
    )
    people = Member.objects.here().filter(entry__in=entries, role="representative")
    return list(people.select_related("user", "entry__track").order_by("entry"))


def _times(room: Session, minutes: int, days: int = 0) -> list[str]:
    joined = (room.starts_at + timedelta(days=days)).astimezone(BEIJING)
    left = joined + timedelta(minutes=minutes)
    return [f"{joined:%Y-%m-%d %H:%M:%S}", f"{left:%Y-%m-%d %H:%M:%S}", f"{minutes}分钟"]


def _table(rows: list[list[str]]) -> Table:
    header = ["昵称", "首次入会时间", "最后退会时间", "入会时长"]
    return find_table(Book("参会.xlsx", [Sheet("参会成员", [header, *rows])]), MEETING)


def _seen(theme: Season, track: Any) -> str:
    return advancing.seen_mark(trained(theme, [track]))
