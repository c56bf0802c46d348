"""What breaks each invariant, past every guard: the database's owner, triggers off, constraints gone."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.db.models import F, Model
from django.utils import timezone

from awards.models import (
    AwardLine,
    AwardList,
    AwardVersion,
    Certificate,
    CertificateBatch,
    CertificateSeries,
    Objection,
)
from core.accounts.models import User
from core.api.models import ApiToken
from core.files.models import Derived, FileCheck, Upload
from core.jobs.models import Job
from core.notices.models import Notice
from judging.models import (
    Assignment,
    Ballot,
    Recusal,
    Round,
    ScoreSheet,
    Snapshot,
    Unlock,
)
from judging.models import Session as Hall
from registrations.entry_models import Entry, Member
from registrations.likeness_models import Likeness
from registrations.models import PrintedForm, RecommendationRow, UnitQuota
from registrations.personal_models import BirthMonth
from registrations.work_models import Work, WorkAuthor, WorkVersion
from seasons.models import (
    Advance,
    Attendance,
    Course,
    Enrolment,
    Force,
    ForceMember,
    Need,
    Placement,
    PointEntry,
    PointFact,
    QuizTry,
    Season,
    ServiceHours,
    ServiceRecord,
    Standing,
)
from tests.world import World
from tracks.models import Announcement, Category, Edition, Milestone, RuleText, Track, TrackContact

DISARM = """
DO $$ DECLARE one record; BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one.name);
    END LOOP;
    FOR one IN SELECT conrelid::regclass AS name, conname FROM pg_constraint
                WHERE contype IN ('c', 'u') AND connamespace = 'public'::regnamespace AND conrelid <> 0 LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.name, one.conname);
    END LOOP;
    FOR one IN SELECT indexrelid::regclass AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('DROP INDEX %s', one.name);
    END LOOP;
END $$
"""
LATER, DAY = timedelta(days=400), timedelta(days=1)


@contextmanager
def as_owner() -> Iterator[None]:
    """Work as the owner of the tables, in a transaction that is undone."""
    connection.close()
    owner = urlsplit(os.environ["PORTAL_TEST_OWNER_URL"].format(name="x")).username
    before, connection.settings_dict["USER"] = connection.settings_dict["USER"], owner
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


def disarm() -> None:
    """Nothing refuses anything any more."""
    with connection.cursor() as cursor:
        cursor.execute(DISARM)


def clone(thing: Model, **changes: Any) -> Model:
    """A second row like it, past its own `save`."""
    fields = {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}
    del fields[thing._meta.pk.attname]
    return type(thing)._base_manager.bulk_create([type(thing)(**fields | changes)])[0]


def change(model: type[Model], **values: Any) -> Callable[[World], Any]:
    """Every row says so."""
    return lambda world: model._base_manager.update(**values)


def other_edition() -> Edition:
    return clone(Edition.objects.get(), slug="another", is_current=False)


def other_entry(world: World) -> Entry:
    return Entry.objects.exclude(pk=world.arguments["entry"]).order_by("pk")[0]


def entry(world: World) -> Entry:
    return Entry.objects.get(pk=world.arguments["entry"])


def doubled(model: type[Model], **changes: Any) -> Callable[[World], Any]:
    return lambda world: clone(model._base_manager.order_by("pk")[0], **changes)


def other_track() -> Track:
    return Track.objects.create(edition=other_edition(), code="x", name="别届的赛道", position=0)


def stray_row(world: World) -> None:
    RecommendationRow.objects.filter(pk=world.arguments["row"]).update(track=other_track())


def child_accepted(world: World) -> None:
    Entry.objects.update(state="accepted", decided_at=timezone.now())
    birth = BirthMonth.objects.filter(member=world.arguments["member"]).first() or BirthMonth(
        member_id=world.arguments["member"]
    )
    birth.month = "2015-03"
    birth.save()
    Member.objects.update(joined_at=timezone.now() - LATER)


def foreign_version(world: World) -> None:
    one = Work.objects.exclude(current=None)[0]
    WorkVersion.objects.filter(pk=one.current_id).update(work=Work.objects.exclude(pk=one.pk)[0])


def judge_in_conflict(world: World) -> None:
    given = Assignment.objects.get(pk=world.arguments["assignment"])
    clone(Recusal.objects.all()[0], judge_id=given.judge_id, candidate_id=given.candidate_id)


def astray(world: World) -> None:
    Assignment.objects.filter(pk=world.arguments["assignment"]).update(round=world.arguments["roadshow"])


def alone_unlocked(world: World) -> None:
    boss = world.people["organiser"]
    asked = {"asked_by": boss, "answered_by": boss, "asked_at": timezone.now(), "answered_at": timezone.now()}
    Unlock.objects.create(round_id=world.arguments["round"], state="approved", reason="测试", **asked)


def locked_bare(world: World) -> None:
    Round.objects.filter(kind="online_review", snapshots=None).update(state="locked")


def ballot_for_nobody(world: World) -> None:
    hall = Hall.objects.get(code=world.arguments["code"])
    Ballot.objects.create(session=hall, identity="0" * 64, choices=[0], cast_at=timezone.now())


def attended(**values: Any) -> Callable[[World], Any]:
    def act(world: World) -> None:
        seat = Enrolment.objects.get(pk=world.arguments["enrolment"])
        session = seat.course.sessions.get(pk=world.arguments["session"])
        facts = {"session": session, "minutes": 1, "at": session.starts_at + timedelta(minutes=5)} | values
        if facts["session"] == "other":
            course = clone(seat.course)
            facts["session"] = clone(session, course_id=course.pk)
        if facts["at"] == "early":
            facts["at"] = session.starts_at - DAY
        Attendance.objects.create(enrolment=seat, how="hand", **facts)

    return act


def advanced(**values: Any) -> Callable[[World], Any]:
    facts = {"goes": True, "by_rule": True, "decided_at": timezone.now()} | values
    return lambda world: Advance.objects.create(
        season=Season.objects.all()[0], entry_id=world.arguments["entry"], **facts
    )


def tried(world: World) -> None:
    more = {"number": 1, "right": 9, "total": 1, "passed": True, "at": timezone.now()}
    QuizTry.objects.create(enrolment_id=world.arguments["enrolment"], **more)


def served_twice(world: World) -> None:
    ServiceHours.objects.update(counts=True)
    clone(ServiceHours.objects.all()[0], counts=True)


def placed(**values: Any) -> Callable[[World], Any]:
    return lambda world: Placement.objects.filter(pk=world.arguments["placement"]).update(**values)


def placed_elsewhere(world: World) -> None:
    ServiceRecord.objects.update(placement=world.arguments["placement"])


def foreign_force(world: World) -> None:
    ForceMember.objects.create(
        force_id=world.arguments["force"], member=other_entry(world).people.all()[0], added_at=timezone.now()
    )


def no_prizes(world: World) -> None:
    version = AwardVersion.objects.all()[0]
    result = version.result
    result["levels"][0]["count"] = 0
    AwardVersion.objects.update(result=result)


def certified_early(world: World) -> None:
    Certificate.objects.update(line=AwardLine.objects.all()[0])


def bare_batch(world: World) -> None:
    CertificateBatch.objects.update(state="done")
    Certificate.objects.update(batch=CertificateBatch.objects.all()[0], file=None)


def sealed_with_rubbish(world: World) -> None:
    birth = BirthMonth(member_id=world.arguments["member"])
    birth.month = "2015-03"
    birth.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registrations_birthmonth SET month = 'rubbish'")


def unchecked_pass(world: World) -> None:
    Work.objects.update(state="passed")
    FileCheck.objects.update(state="refused", code="x")


def nested(world: World) -> None:
    one = Derived.objects.all()[0]
    clone(one, original_id=one.stored_id)


def untidy_dates(world: World) -> None:
    Milestone.objects.exclude(starts_at=None).exclude(ends_at=None).update(starts_at=F("ends_at") + DAY)


BREAKERS: dict[str, Callable[[World], Any]] = {
    "接口令牌只开放已有的内容": change(ApiToken, scopes=["phones"]),
    "传完的文件与声明一致": change(Upload, state="complete"),
    "过期的上传都已清理": change(Upload, expires_at=timezone.now() - DAY),
    "通过检查的文件都记下了内容": change(FileCheck, state="passed", facts=None),
    "未通过检查的文件都写明了原因": change(FileCheck, state="refused", code=""),
    "只有通过检查的文件才有预览": change(FileCheck, state="refused", code="x"),
    "预览没有自己的预览": nested,
    "没有放弃的后台任务": change(Job, state="dead"),
    "后台任务没有积压": change(Job, state="waiting", not_before=timezone.now() - DAY),
    "每种后台任务都有人会做": change(Job, kind="nobody"),
    "完成的后台任务都有结束时间": change(Job, state="done", finished=None),
    "同一件事对同一地址只通知一次": lambda world: clone(Notice.objects.exclude(address="")[0]),
    "每封通知的邮件编号只有一个": change(Notice, message_id="<1@example.test>"),
    "发出的通知都有发出时间": change(Notice, state="sent", sent=None),
    "待发的通知都有投递任务": lambda world: Job.objects.all().delete(),
    "密封的内容都能打开，盲索引与内容相符": sealed_with_rubbish,
    "规则文件与其 SHA-256 相符": change(RuleText, text="x"),
    "规则文件合乎格式": change(RuleText, text="x"),
    "赛道、类别、日程与规则文件一致": change(Category, code="Z"),
    "日程前后有序": untidy_dates,
    "公告的赛道属于公告的届次": lambda world: Announcement.objects.update(track=other_track()),
    "有一届是当前届": change(Edition, is_current=False),
    "赛道联系人都能进入后台": lambda world: User.objects.filter(track_contacts__in=TrackContact.objects.all()).update(
        is_staff=False
    ),
    "已用名额等于占名额的行数": lambda world: UnitQuota.objects.update(taken=F("taken") + 1),
    "没有单位超出名额": change(UnitQuota, limit=0),
    "提交的行都合乎规则": change(RecommendationRow, name=""),
    "行的赛道属于本届": stray_row,
    "提交的行都有提交时间": change(RecommendationRow, submitted_at=None),
    "审核过的行都有办理记录": change(RecommendationRow, state="approved"),
    "打印件的内容与其 SHA-256 相符": change(PrintedForm, sha256="1" * 64),
    "报名的人数等于在队的人数": change(Entry, members=9),
    "已退出的报名里没有人": change(Entry, state="withdrawn"),
    "一行推荐至多一份报名": lambda world: Entry.objects.update(row=world.arguments["row"], state="draft"),
    "没有人同时参加两份报名": lambda world: clone(
        Member.objects.get(pk=world.arguments["member"]), entry_id=other_entry(world).pk
    ),
    "资格已通过的报名，参赛条件都已认可": change(Entry, state="accepted"),
    "资格已通过的报名，参赛者都签署了告知与承诺": change(Entry, state="accepted"),
    "资格已通过的报名，未成年人都有监护人同意": child_accepted,
    "提交的作品属于报名的类别": change(Work, category="Z"),
    "以此为准的版本是本作品的": foreign_version,
    "提交过的作品都有版本": change(Work, current=None),
    "已退出的报名没有在评的作品": change(Entry, state="withdrawn"),
    "作品版本从 1 起连续编号": lambda world: clone(WorkVersion.objects.all()[0], number=5),
    "审核通过的作品，文件都通过了检查": unchecked_pass,
    "主题由参赛的人占有": lambda world: WorkAuthor.objects.all().delete(),
    "相似线索在两件作品上都有": lambda world: Likeness.objects.filter(
        pk=world.objects["registrations_likeness"].pk
    ).delete(),
    "作品不与自己的其他版本相比": change(Likeness, other=F("version")),
    "没有评委在评应回避的作品": judge_in_conflict,
    "分配、评委、作品属于同一轮": astray,
    "撤回的分配没有有效评分": change(Assignment, state="released"),
    "合计等于要点分的加权平均": change(ScoreSheet, total=1),
    "解封都由两个人办": alone_unlocked,
    "封存的轮次都有快照": locked_bare,
    "公布的轮次都有公布的快照": change(Round, state="published"),
    "快照与其指纹相符，名次可以重算": change(Snapshot, sha256="1" * 64),
    "选票选的都是本场的队，每个身份不超过规定的票数": ballot_for_nobody,
    "课程的报名人数等于名单": change(Course, taken=9),
    "出勤属于报名的那门课": attended(session="other"),
    "出勤不超过课次的长度": attended(minutes=9999),
    "出勤记在开课之后": attended(at="early"),
    "与规则不同的推选都有理由": advanced(goes=False),
    "公布的推选有公布时间": advanced(state="published"),
    "测验不超过题数和次数": tried,
    "积分合计等于逐笔账目之和": lambda world: Standing.objects.update(points=F("points") + 1),
    "同分计数等于积分合计": change(Standing, in_ladder=True),
    "每一笔账目都有同一报名、同一月份的事实": change(PointEntry, month="2024-11"),
    "作废的事实没有未冲正的账目": change(PointFact, voided_at=timezone.now()),
    "通过的服务记录各有一条有效事实，其他的没有": change(ServiceRecord, state="passed"),
    "没有人同时在两处服务": served_twice,
    "只有待审和通过的记录占用时间": change(ServiceRecord, state="draft"),
    "需求的已安排数等于名下的安排": change(Need, taken=9),
    "安排不超过需要的队伍数": change(Need, taken=9, capacity=1),
    "确认的安排双方都答复过": placed(state="confirmed", venue_at=None),
    "一份报名一天只有一项安排": doubled(Placement),
    "需求和报名是同一届的": lambda world: Need.objects.update(edition=other_edition()),
    "取消的需求名下没有安排": change(Need, state="cancelled"),
    "安排的日期是需求的日期": placed(day="2030-01-01"),
    "服务记录出自本队确认过的安排": placed_elsewhere,
    "志愿服务队里的参赛者都来自本单位推荐的报名": foreign_force,
    "志愿服务队都有按规则组成的名称": change(Force, name=""),
    "每个等次的获奖数不超过名额": no_prizes,
    "公示的名单都有公示稿": doubled(AwardList, group="x"),
    "有未答复异议的名单没有生效": change(AwardList, state="final"),
    "异议都在公示期内提出": lambda world: Objection.objects.update(filed_at=F("filed_at") + LATER),
    "同一份名单里一份报名只有一项奖": doubled(AwardLine, key="work-2", place=2, position=2),
    "证书编号没有空号": change(CertificateSeries, last=9),
    "一件事只有一张有效的证书": doubled(Certificate, number="X", serial=2),
    "证书的版次连续": change(Certificate, version=3),
    "证书签的就是所印的": change(Certificate, name="李四"),
    "完成的批次都有证书文件": bare_batch,
    "获奖证书只来自生效的名单": certified_early,
}
# The small contest's own rows are made past the services and break these already, or they cannot be broken so.
EXCUSED = {
    "数据库触发器齐全并已启用": "see below: everything is disarmed here",
    "应用角色不能改动、删除或清空只增不改的表": "the owner is asked here; tests/registrations/test_database_guards.py",
    "最近 2000 个版本的内容与回执一致": "the world's version says zeros; tests/registrations/works",
    "名单稿与其指纹相符": "the world's draft says zeros",
    "奖励权益只来自生效的名单": "the world's list is not final",
    "证书文件以指纹命名": "the world's file is no certificate's",
}
