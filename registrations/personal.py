"""What this app keeps of a person: gathered for them, and in words for the page that says what is kept and why."""

from dataclasses import dataclass

from django.db.models import Q

from core.accounts.contacts import mask_phone
from core.accounts.models import Invitation, User
from core.accounts.names import normal_name
from core.personal import Section, mask_name
from core.personal import Value as Cell

from .eligibility_models import EligibilityClaim
from .entry_models import Entry, Member, MemberInvitation, RowClaim
from .models import OfficerInvitation, RecommendationRow
from .personal_models import Guardian
from .services.consenting import title_of
from .work_models import Work, WorkFile, WorkLook, WorkVersion


@dataclass(frozen=True)
class Kind:
    """One kind of personal data as an edition's retention names it."""

    label: str
    why: str


LOOKS = 1000  # lines of who looked
INVITATIONS: tuple[type[Invitation], ...] = (OfficerInvitation, MemberInvitation, RowClaim)
KINDS = {
    "contact": Kind("推荐表、邀请、通知里的手机号和邮箱，志愿服务队的负责人姓名", "联系参赛者，核对推荐名额"),
    "guardian": Kind("监护人的姓名和手机号", "请监护人同意，并能证明同意过"),
    "birth_month": Kind("出生年月", "判断是否需要监护人同意"),
    "evidence": Kind("资格证明材料", "审核参赛资格"),
    "scan": Kind("推荐单位的盖章件、打印件、工作簿", "核对推荐"),
    "work": Kind("作品的文件、文字和 AI 使用说明", "审核、评审和查重"),
    "ballot_identity": Kind("投票人身份", "防止重复投票"),
    "training": Kind("培训的学习进度、测验作答和出勤说明", "推选作品参赛，核对出勤"),
}


def gather(user: User) -> list[Section]:
    """Everything about a person here, one section a kind; of others only what their own entry shows them."""
    return [
        _memberships(user),
        _births(user),
        _guardians(user),
        _consents(user),
        _claims(user),
        _works(user),
        _looks(user),
        _rows(user),
        _offices(user),
        _invitations(user),
        _requests(user),
    ]


def names_of(user: User) -> frozenset[str]:
    """Every name that a person goes by: the account's, and those in entries."""
    names = Member.objects.filter(user=user).values_list("name", flat=True)
    return frozenset({normal_name(user.real_name), user.real_name, *names} - {""})


def rows_of(user: User) -> "list[RecommendationRow]":
    """The recommendation rows about a person: under their own name, and phone or mailbox, or claimed by them."""
    named = RecommendationRow.objects.filter(name__in=names_of(user)).select_related("recommendation__unit", "track")
    found = named.filter(entries__people__user=user, entries__people__role="representative")
    if user.phone:
        found |= named.filter(phone=user.phone)
    if user.email:
        found |= named.filter(email=user.email)
    return list(found.distinct())


def _memberships(user: User) -> Section:
    members = Member.objects.filter(user=user).select_related("entry__edition", "entry__track")
    rows = [
        (
            m.entry.edition.name, m.entry.track.name, m.entry.number, m.entry.get_kind_display(), m.entry.team_name,
            m.role_name, m.name, m.organisation, m.entry.organisation, "、".join(m.entry.categories),
            m.entry.get_state_display(), m.joined_at, m.left_at, m.entry.entered_at, m.entry.decided_at,
        )
        for m in members
    ]  # fmt: skip
    columns = (
        "届次", "赛道", "报名编号", "参赛形式", "队伍名称", "身份", "姓名", "单位", "报名填的单位", "报名类别", "状态",
        "加入时间", "离开时间", "提交时间", "审核时间",
    )  # fmt: skip
    return Section("报名与成员", columns, rows)


def _births(user: User) -> Section:
    members = Member.objects.filter(user=user, birth__isnull=False).select_related("birth", "entry__edition")
    return Section("出生年月", ("报名编号", "出生年月"), [(m.entry.number, m.birth.month) for m in members])


def _guardians(user: User) -> Section:
    """The guardian is another person: their name and number stay masked."""
    asked = Guardian.objects.filter(member__user=user).select_related("member__entry__edition")
    rows = [
        (
            g.member.entry.number, mask_name(g.name), mask_phone(g.phone), g.relation, g.get_state_display(),
            g.asked_at, g.answered_at, g.withdrawn_at, g.version, g.sha256,
        )
        for g in asked
    ]  # fmt: skip
    columns = ("报名编号", "监护人", "监护人手机号", "关系", "状态", "发出", "答复", "撤回", "文本版本", "文本 SHA-256")
    return Section("监护人", columns, rows)


def _consents(user: User) -> Section:
    rows = [
        (c.edition.name, title_of(c), c.version, c.sha256, c.given_at, c.withdrawn_at)
        for c in user.consents.select_related("edition")
    ]
    return Section("告知与承诺", ("届次", "文本", "版本", "SHA-256", "签署时间", "撤回时间"), rows)


def _claims(user: User) -> Section:
    entries = Entry.objects.filter(people__user=user)
    claims = EligibilityClaim.objects.filter(entry__in=entries).select_related("entry__edition", "entry__track", "file")
    rows, files = [], []
    for claim in claims:
        conditions = claim.entry.edition.rulebook.track(claim.entry.track.code).conditions
        text = next((c.text for c in conditions if c.code == claim.condition), claim.condition)
        file = claim.file
        if file and file.owner_id == user.pk:
            files.append(file)
        rows.append(
            (
                claim.entry.number, text, claim.statement, claim.link, claim.dated, file.original_name if file else "",
                claim.get_state_display(), claim.review_note, claim.submitted_at, claim.decided_at,
            )
        )  # fmt: skip
    columns = (
        "报名编号", "参赛条件", "说明", "证明链接", "证明日期", "证明文件", "状态", "审核意见", "提交时间", "审核时间",
    )  # fmt: skip
    return Section("参赛资格", columns, rows, files)


def _works(user: User) -> Section:
    """Every version of the works that one took part in, and the files that one brought."""
    entries = Entry.objects.filter(people__user=user)
    versions = WorkVersion.objects.filter(work__entry__in=entries).select_related("work__edition")
    rows: list[tuple[Cell, ...]] = [
        (
            v.work.number, v.work.category, v.number, v.title, "\n".join(v.fields.values()), "\n".join(v.ai.values()),
            v.submitted_at, v.receipt, v.work.get_state_display(), v.work.review_note,
        )
        for v in versions.order_by("work", "number")
    ]  # fmt: skip
    drafts = Work.objects.filter(entry__in=entries, current=None).select_related("edition")
    rows += [
        (w.number, w.category, 0, w.title, "\n".join(w.fields.values()), "\n".join(w.ai.values()), None, "",
         w.get_state_display(), w.review_note)
        for w in drafts
    ]  # fmt: skip
    mine = WorkFile.objects.filter(work__entry__in=entries, file__owner=user).select_related("file")
    columns = (
        "作品编号", "类别", "版本", "作品名称", "内容", "AI 使用说明", "提交时间", "回执 SHA-256", "状态", "审核意见",
    )  # fmt: skip
    return Section("作品", columns, rows, [file.file for file in mine if file.file])


def _looks(user: User) -> Section:
    """Who looked at one's works; not by name, which is theirs."""
    looks = WorkLook.objects.filter(work__entry__people__user=user).select_related("work__edition").distinct()
    rows = [(look.work.number, look.get_how_display(), look.at) for look in looks.order_by("-pk")[:LOOKS]]
    return Section("工作人员查阅作品", ("作品编号", "方式", "时间"), rows)


def _rows(user: User) -> Section:
    rows = [
        (
            row.recommendation.unit.full_name, row.track.name, row.name, row.team_name, row.organisation, row.phone,
            row.email, row.get_state_display(), row.review_note, row.submitted_at, row.decided_at,
        )
        for row in rows_of(user)
    ]  # fmt: skip
    columns = (
        "推荐单位", "赛道", "姓名", "队伍名称", "所在单位", "联系电话", "邮箱", "状态", "审核意见", "提交时间",
        "审核时间",
    )  # fmt: skip
    return Section("单位对我的推荐", columns, rows)


def _offices(user: User) -> Section:
    rows: list[tuple[Cell, ...]] = [(office.unit.full_name, "填报人") for office in user.offices.select_related("unit")]
    rows += [(contact.track.name, "赛道联系人") for contact in user.track_contacts.select_related("track")]
    return Section("职务", ("单位或赛道", "职务"), rows)


def _invitations(user: User) -> Section:
    rows = []
    mine = Q(accepted_by=user)
    mine |= Q(phone=user.phone) if user.phone else Q(pk__in=())
    mine |= Q(email=user.email) if user.email else Q(pk__in=())
    for model in INVITATIONS:
        found = model._default_manager.filter(mine)
        rows += [
            (str(model._meta.verbose_name), i.name, i.masked_contact, i.status_label, i.created_at, i.expires_at)
            for i in found
        ]
    return Section("发给我的邀请", ("种类", "称呼", "发往", "状态", "发出时间", "有效期至"), rows)


def _requests(user: User) -> Section:
    asked = user.deletion_requests.all()
    rows = [(r.asked_at, r.reason, r.get_state_display(), r.handled_at, r.note) for r in asked]
    return Section("删除申请", ("申请时间", "原因", "状态", "处理时间", "答复"), rows)
