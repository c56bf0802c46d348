"""Who takes part: entries (报名) with their people, and the ways in by link."""

import re
import secrets
from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.accounts.models import Invitation
from core.audit.history import tracked
from tracks.models import Edition, Track

from . import states
from .rules.pinyin import LENGTH, pinyin_of

if TYPE_CHECKING:
    from core.accounts.models import User

NUMBER = re.compile(r"[A-Za-z0-9]{3,12}-([0-9]{1,9})|([0-9]{6,9})")  # GDAIKP1-000128, or 000128
PARTICIPANTS = ("representative", "member")
ROLES = [("representative", "队伍代表"), ("member", "队员"), ("instructor", "指导教师")]

# Maintains `members` and `instructors`; the CHECKs on Entry hold them within the edition's limits (Q11, N21),
# whoever writes. The UPDATE takes the entry's row lock, which makes racers wait (as with places, reliability 3).
_COUNT_PEOPLE = """
    was := TG_OP <> 'INSERT' AND OLD.left_at IS NULL;
    is_now := TG_OP <> 'DELETE' AND NEW.left_at IS NULL;
    taught := TG_OP <> 'INSERT' AND OLD.role = 'instructor';
    teaches := TG_OP <> 'DELETE' AND NEW.role = 'instructor';
    UPDATE registrations_entry
       SET members = members + (is_now AND NOT teaches)::int - (was AND NOT taught)::int,
           instructors = instructors + (is_now AND teaches)::int - (was AND taught)::int
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.entry_id ELSE NEW.entry_id END
       AND (was IS DISTINCT FROM is_now OR taught IS DISTINCT FROM teaches);
    RETURN NULL;
"""
_COUNTED = """
    IF pg_trigger_depth() = 1 AND (NEW.members, NEW.instructors) IS DISTINCT FROM
       (COALESCE(OLD.members, 0), COALESCE(OLD.instructors, 0)) THEN
        RAISE EXCEPTION 'people are counted by the database';
    END IF;
    RETURN NEW;
"""
# A work that is handed in holds its topic for each participant (N21), also for who joins or leaves afterwards; the
# other half is `work_models`. Runs after `count_people`, which has taken the entry's lock.
_WORKS_FOLLOW = """
    DELETE FROM registrations_workauthor AS author USING registrations_work AS work
     WHERE author.work_id = work.id AND work.entry_id = NEW.entry_id AND author.user_id = NEW.user_id;
    INSERT INTO registrations_workauthor (work_id, edition_id, category, user_id, once)
    SELECT id, edition_id, category, NEW.user_id, once
      FROM registrations_work
     WHERE entry_id = NEW.entry_id AND state IN ({handed_in})
       AND NEW.left_at IS NULL AND NEW.role <> 'instructor';
    RETURN NULL;
""".format(handed_in=", ".join(f"'{state}'" for state in states.WORK_HANDED_IN))  # noqa: S608 - our own constants
MEMBERS_CHECK = "members_within_limit"
INSTRUCTORS_CHECK = "instructors_within_limit"
SCOPE_CHECK = "one_entry_a_person"


CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another
CODE_LENGTH = 8


def new_code() -> str:
    """A claim code: 39 random bits that can be read out and typed."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by who may see them."""

    def visible_to(self, user: "User") -> "EntryQuerySet":
        """Its people see an entry; officers those that their unit recommended; contacts what was entered on their
        tracks or recommended; the organiser all."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        mine = Member.objects.filter(user=user, left_at=None)
        return self.filter(  # subqueries: joins would need DISTINCT
            Q(pk__in=mine.values("entry"))
            | Q(row__recommendation__unit__in=user.offices.values("unit"))
            | Q(track__in=user.track_contacts.values("track")) & (Q(entered_at__isnull=False) | Q(row__isnull=False))
        )

    def unread(self, user: "User") -> "EntryQuerySet":
        """Drafts of a contact's tracks: they may be given more time, named by number, but are not read."""
        drafts = self.filter(state="draft", row=None, entered_at=None).select_related("edition", "track")
        return drafts.filter(track__in=user.track_contacts.values("track"))

    def of(self, user: "User") -> "EntryQuerySet":
        """Those in which somebody takes part or teaches now, newest first."""
        people = Member.objects.filter(user=user, left_at=None)
        return self.filter(pk__in=people.values("entry")).order_by("-pk")

    def in_contest(self) -> "EntryQuerySet":
        """Those entered and not refused."""
        return self.filter(state__in=states.ENTRY_IN)


@tracked(exclude=("pinyin",), personal=("organisation",))
class Entry(models.Model):
    """One individual's or one team's part in an edition (报名): by recommendation, openly, or by both at once (Q8).

    `row` is the recommendation where there is one. Of its people, the representative acts for it.
    """

    STATES = states.ENTRY
    KINDS = [("individual", "个人"), ("team", "团队")]

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="entries", verbose_name="届次")
    track = models.ForeignKey(Track, models.PROTECT, related_name="entries", verbose_name="赛道")
    kind = models.CharField("参赛形式", max_length=12, choices=KINDS)
    team_name = models.CharField("队伍名称", max_length=200, blank=True)
    pinyin = models.CharField("队名拼音", max_length=LENGTH, blank=True, editable=False)
    organisation = models.CharField("所在单位/学校院系", max_length=200, blank=True)
    categories = ArrayField(models.CharField(max_length=40), verbose_name="报名类别", default=list, blank=True)
    row = models.ForeignKey(
        "registrations.RecommendationRow",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",  # at most one that was not withdrawn
        verbose_name="推荐行",
    )
    state = models.CharField("状态", max_length=12, choices=states.ENTRY.choices, default=states.ENTRY.initial)
    created_at = models.DateTimeField("开始时间")
    entered_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    # After the window has closed a contact may open the entry for changes until this moment.
    unlocked_until = models.DateTimeField("开放修改至", null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", verbose_name="已并入"
    )
    members = models.PositiveSmallIntegerField("参赛人数", default=0, editable=False)
    members_limit = models.PositiveSmallIntegerField("人数上限", validators=[MinValueValidator(1)])
    instructors = models.PositiveSmallIntegerField("指导教师人数", default=0, editable=False)
    instructors_limit = models.PositiveSmallIntegerField("指导教师上限")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["track", "state", "entered_at"], name="entry_queue")]
        constraints = [
            models.UniqueConstraint(fields=["row"], condition=~Q(state="withdrawn"), name="one_entry_a_row"),
            models.CheckConstraint(
                condition=Q(members__gte=0) & Q(members__lte=F("members_limit")),
                name=MEMBERS_CHECK,
                violation_error_message="参赛人数超过上限",
            ),
            models.CheckConstraint(
                condition=Q(instructors__gte=0) & Q(instructors__lte=F("instructors_limit")),
                name=INSTRUCTORS_CHECK,
                violation_error_message="指导教师超过上限",
            ),
            models.CheckConstraint(
                condition=Q(kind="team") | Q(members_limit=1),
                name="an_individual_is_one",
                violation_error_message="个人只有一人",
            ),
        ]
        triggers = [
            *states.ENTRY.triggers(),
            pgtrigger.ReadOnly(name="entry_stays", fields=["edition", "created_at"]),
            pgtrigger.Trigger(
                name="people_are_counted",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_COUNTED,
            ),
        ]

    def __str__(self) -> str:
        return self.team_name or f"报名 {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The pinyin of the team's name follows it."""
        self.pinyin = pinyin_of(self.team_name)
        super().save(*args, **kwargs)

    @property
    def number(self) -> str:
        """报名编号: `GDAIKP1-000128`."""
        return f"{self.edition.rulebook.edition.code}-{self.pk:06d}"

    @staticmethod
    def pk_of(number: str) -> int | None:
        """The key that a 报名编号 stands for, typed with or without the edition's letters; None for what is none."""
        match = NUMBER.fullmatch(number.strip())
        return int(match[1] or match[2]) if match else None

    @property
    def channel(self) -> str:
        """recommend or register: which gate it came in by (G29)."""
        return "claim" if self.row_id else "register"


class MemberQuerySet(models.QuerySet["Member"]):
    """People of entries."""

    def here(self) -> "MemberQuerySet":
        """Those who have not left."""
        return self.filter(left_at=None)

    def participants(self) -> "MemberQuerySet":
        """Those who take part: instructors do not."""
        return self.here().filter(role__in=PARTICIPANTS)


@tracked(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    pghistory.ManualEvent("shown"),  # somebody looked at the whole phone number
    exclude=("pinyin",),
    personal=("name", "organisation"),
)
class Member(models.Model):
    """A person in an entry (成员): its representative, another participant, or an instructor. Joined by themselves."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="people", verbose_name="报名")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", editable=False)  # the entry's own
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="账号")
    role = models.CharField("身份", max_length=16, choices=ROLES)
    name = models.CharField("姓名", max_length=60, help_text="将印在证书上，请与身份证一致")
    pinyin = models.CharField("姓名拼音", max_length=LENGTH, blank=True, editable=False)
    organisation = models.CharField("单位", max_length=200, blank=True)
    group = models.CharField("组别", max_length=40, blank=True)  # code, where the edition has groups (N20)
    # Age band (rules.minors.Band), kept when the month of birth is deleted, so that statistics stay what they were.
    band = models.CharField("年龄段", max_length=12, blank=True, editable=False)
    # What a person can be in once: the edition, a track or a category, as the edition says (Q7, N21).
    scope = models.CharField(max_length=60, editable=False)
    joined_at = models.DateTimeField("加入时间")
    left_at = models.DateTimeField("离开时间", null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "成员"
        ordering = ["entry", "joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "scope", "user"],
                condition=Q(left_at=None, role__in=PARTICIPANTS),
                name=SCOPE_CHECK,
            ),
            models.UniqueConstraint(
                fields=["entry", "user"], condition=Q(left_at=None), name="one_role_a_person_in_an_entry"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(left_at=None, role="representative"), name="one_representative"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="member_stays", fields=["entry", "edition", "user"]),
            pgtrigger.Trigger(
                name="count_people",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("left_at", "role") | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("was", "boolean"), ("is_now", "boolean"), ("taught", "boolean"), ("teaches", "boolean")],
                func=_COUNT_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="works_follow_people",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("left_at", "role"),
                when=pgtrigger.After,
                func=_WORKS_FOLLOW,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The name's pinyin follows it."""
        self.pinyin = pinyin_of(self.name)
        super().save(*args, **kwargs)

    @property
    def role_name(self) -> str:
        """What they are in it, in words; whoever takes part alone represents nobody."""
        alone = self.role == "representative" and self.entry.kind == "individual"
        return "参赛者" if alone else self.get_role_display()


@tracked(exclude=("email", "phone", "nonce"), personal=("name",))
class MemberInvitation(Invitation):
    """An invitation into an entry's team, as a member or instructor; the person confirms by themselves."""

    url_name = "member_invitation"

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="invitations", verbose_name="报名")
    role = models.CharField("身份", max_length=16, choices=ROLES[1:])

    class Meta(Invitation.Meta):
        verbose_name = verbose_name_plural = "成员邀请"

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name or self.masked_contact}"


@tracked(exclude=("email", "phone", "nonce", "code"), personal=("name",))
class RowClaim(Invitation):
    """The right to claim one recommended row (认领码): a short code, a link and a QR for its participant."""

    url_name = "claim"

    row = models.ForeignKey(
        "registrations.RecommendationRow", models.CASCADE, related_name="claims", verbose_name="推荐行"
    )
    # Read out or typed; of no use to anybody who cannot sign in with the row's phone number.
    code = models.CharField("认领码", max_length=8, unique=True, default=new_code, editable=False)

    class Meta(Invitation.Meta):
        verbose_name = verbose_name_plural = "认领码"
        constraints = [
            *Invitation.Meta.constraints,
            models.UniqueConstraint(
                fields=["row"], condition=Q(revoked_at=None, declined_at=None, accepted_at=None), name="one_claim_a_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} 认领码"
