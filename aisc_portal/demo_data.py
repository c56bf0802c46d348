"""The demo's people: synthetic, one account for every role. Nothing here runs in production."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from core import clock
from core.accounts import invitations
from core.accounts.models import User
from core.api import services as api
from core.api.models import ApiToken
from registrations.models import OfficerInvitation, ReplyPhrase, Unit
from registrations.services import register, units
from tracks.models import Edition
from tracks.rulebook import adopt_defaults
from tracks.services import appoint_contact

from . import (
    demo_awards,
    demo_certificates,
    demo_entries,
    demo_forces,
    demo_judging,
    demo_placing,
    demo_points,
    demo_public,
    demo_training,
    demo_wall,
    demo_works,
    editions,
)
from .demo import EDITION_FILE, start_of

PASSWORD = "demo-AI-kepu-2024"  # noqa: S105  # printed by `make run`, in the demo only
API_LABEL, API_DAYS = "演示：读接口", 30
INVITED_UNIT = "韶关市始兴县科学技术协会"


@dataclass(frozen=True)
class Account:
    """A demo account; its mailbox ends in a name that can never exist (RFC 2606)."""

    role: str
    email: str
    real_name: str
    track: str = ""  # contact of this track
    unit: str = ""  # officer of this unit
    organiser: bool = False
    phone: str = ""
    author: bool = False  # of works


ACCOUNTS = (
    Account("组委会", "organiser@demo.test", "演示组委", organiser=True),
    Account("科普工作者赛道联系人", "worker@demo.test", "演示联系人甲", track="worker"),
    Account("高校赛道联系人", "university@demo.test", "演示联系人乙", track="university"),
    Account("青少年赛道联系人", "youth@demo.test", "演示联系人丙", track="youth"),
    Account("填报人（龙岗区科协）", "longgang@demo.test", "演示填报人甲", unit="深圳市龙岗区科学技术协会"),
    Account("填报人（广州大学科协）", "gzhu@demo.test", "演示填报人乙", unit="广州大学科学技术协会"),
    Account("参赛者（团队，已提交）", "team@demo.test", "演示参赛者甲", phone="13800138101"),
    Account("参赛者（个人，填写中）", "single@demo.test", "演示参赛者乙", phone="13800138102"),
    Account("参赛者（作品已通过、填写中）", "author1@demo.test", "演示作者甲", phone="13800138105", author=True),
    Account("参赛者（作品待审、退回补正）", "author2@demo.test", "演示作者乙", phone="13800138106", author=True),
    Account("参赛者（作品未通过、已撤回）", "author3@demo.test", "演示作者丙", phone="13800138107", author=True),
    Account("参赛者（单位推荐，已有证书）", "holder@demo.test", "演示获证者", phone="13800138108"),
    Account("评委（A 类初评）", "judge@demo.test", "演示评委甲"),
    Account("场所联系人（党群服务中心）", "venue@demo.test", "演示场所联系人"),
    # Unlocking a round and opening a decided list again take two persons.
    Account("组委会第二人（两人办的事）", "organiser2@demo.test", "演示组委乙", organiser=True),
)

PHRASES = (  # offered when a row is returned, on every track
    "参赛队伍名称请按本单位类别的规则填写，参赛单位请写全称",
    "联系电话请核对，填参赛者本人的手机号",
    "所在单位/学校院系请写全称",
    "报名类别与参赛内容不符，请重新选择",
)


def prepare() -> None:
    """Load whatever is missing."""
    register.load_register()
    edition = Edition.objects.order_by("pk").first()  # the demo's own, whichever is the current one now
    if edition is None:
        text = EDITION_FILE.read_text(encoding="utf-8")
        editions.load(text)
        editions.load(adopt_defaults(text), reason="演示：通知未定的事项采用缺省值")
        edition = Edition.objects.get(is_current=True)
        clock.set_now(start_of(edition))
    for account in ACCOUNTS:
        if not User.objects.filter(email=account.email).exists():
            _make(account, edition)
    for position, words in enumerate(PHRASES, start=1):
        ReplyPhrase.objects.get_or_create(words=words, track=None, defaults={"position": position})
    team, single, holder = (user for account, user in _users() if account.phone and not account.author)
    demo_entries.prepare(edition, team, single)
    contact = next(user for account, user in _users() if account.track == "worker")
    people = {account.email: user for account, user in _users()}
    organiser = people[ACCOUNTS[0].email]
    authors = [user for account, user in _users() if account.author]
    demo_works.prepare(edition, authors, contact)
    demo_training.prepare(edition, authors, organiser)
    demo_forces.prepare(edition, people["longgang@demo.test"])
    demo_placing.prepare(edition, authors, people["venue@demo.test"], organiser)
    demo_points.prepare(edition, authors, contact, organiser)
    demo_judging.prepare(edition, people["judge@demo.test"], contact, organiser)
    demo_awards.prepare(edition, contact, organiser)
    demo_wall.prepare(edition, contact, organiser)
    demo_public.prepare(edition, contact, organiser)
    demo_certificates.prepare(edition, holder, people["gzhu@demo.test"], people["university@demo.test"], organiser)
    if not OfficerInvitation.objects.filter(unit__full_name=INVITED_UNIT).exists():  # last: on top in /dev/mail/
        unit = Unit.objects.get(full_name=INVITED_UNIT)
        units.invite_officer(unit, by=organiser, email="shixing@demo.test", name="始兴县科协经办人")


def invitation_link() -> str:
    """The address in 始兴县's invitation, which /dev/mail/ shows only while it is among the latest; "" once used."""
    asked = OfficerInvitation.objects.open().filter(unit__full_name=INVITED_UNIT).first()
    return invitations.link(asked) if asked else ""


def api_secret() -> str:
    """A token for `/api/v1/` that the organiser's demo account gives; a new one each time, the last one ended, since
    the table keeps no secret."""
    organiser = User.objects.get(email=ACCOUNTS[0].email)
    with transaction.atomic():
        for token in ApiToken.objects.filter(label=API_LABEL, revoked_at=None):
            api.revoke(token, reason="演示：重新启动", by=organiser)
        return api.issue(label=API_LABEL, scopes=list(settings.API_SCOPES), days=API_DAYS, by=organiser)[1]


def _users() -> list[tuple[Account, User]]:
    return [(account, User.objects.get(email=account.email)) for account in ACCOUNTS]


def _make(account: Account, edition: Edition) -> None:
    user = User.objects.create_user(
        account.real_name,
        phone=account.phone or None,
        email=account.email,
        password=PASSWORD,
        is_staff=account.organiser,
        is_superuser=account.organiser,
    )
    if account.track:
        appoint_contact(edition.tracks.get(code=account.track), user, by=None)
    if account.unit:
        invitation = units.invite_officer(Unit.objects.get(full_name=account.unit), by=None, email=account.email)
        units.join(invitation, by=user)
