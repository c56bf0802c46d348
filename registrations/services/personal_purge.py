"""Deleting what this app keeps of a person, so that what the contest counts stays what it was (PIPL 47).

Unsent drafts go. What was entered, recommended or decided stays, under an alias; whatever reaches or describes the
person goes, from history too. Paper that names many people (打印件, 盖章件, 工作簿) stays until its own retention.
"""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Model, Q
from django.utils import timezone

from core.accounts.models import Invitation, User
from core.audit.redaction import redact
from core.files.models import StoredFile
from core.files.services import erase
from core.notices import personal as notices
from core.personal import Person
from core.problems import Problem

from .. import states
from ..eligibility_models import EligibilityClaim
from ..entry_models import Entry, Member, RowClaim
from ..models import Officer, RecommendationRow, UnitQuota
from ..personal import INVITATIONS, rows_of
from ..personal_models import BirthMonth, DeletionRequest, Guardian
from ..work_models import Work
from .dossier import title_of
from .entering import changeable, lock, withdraw_entry
from .guardians import band_at_entry, forget_minor
from .teams import take_out
from .work_purge import purge_works

REASON = "个人信息已按本人申请删除"


def blockers(user: User) -> list[Problem]:
    """What somebody else must see to first; nothing when the data can be deleted."""
    found = []
    if user.is_staff:
        found.append(Problem("purge.staff", "这是管理人员的账号：请先撤销其联系人身份，并取消“管理人员”"))
    leads = Entry.objects.of(user).filter(people__user=user, people__role="representative", people__left_at=None)
    for entry in leads.filter(kind="team", state__in=states.ENTRY_LIVE, members__gt=1).distinct():
        if not changeable(entry):
            words = f"还是“{title_of(entry)}”（{entry.number}）的队伍代表：请先请其把代表交给队友，或退出比赛"
            found.append(Problem("purge.representative", words))
    return found


def purge(person: Person) -> Counter[str]:
    """Delete, blank or alias everything here about a person; what is counted, by its name on screen.

    In the caller's transaction and `recorded(…)`, before the account itself is closed.
    """
    user, done = person.user, Counter[str]()
    _leave_drafts(user)
    rows, members = rows_of(user), list(Member.objects.filter(user=user).select_related("entry__edition", "birth"))
    entries = list(Entry.objects.filter(people__user=user).distinct())
    guardians = list(Guardian.objects.filter(member__in=members))
    done["推荐行（改为化名，清空电话和邮箱）"] = _alias_rows(rows, person)
    done["资格材料和证明文件"] = _erase_evidence(user)
    done["出生年月"] = BirthMonth.objects.filter(member__in=members).count()
    done["监护人（清空姓名和电话）"] = len([g for g in guardians if g.phone])
    for member in members:
        forget_minor(member, alias=person.alias)
    done["报名里的成员（改为化名）"] = len(members)
    _blank_entries(entry for entry in entries if entry.kind == "individual")
    invitations = [i for model in INVITATIONS for i in _forget(model, person, rows)]
    done["邀请和认领码（清空称呼和联系方式）"] = len(invitations)
    done["填报人身份"] = Officer.objects.filter(user=user).delete()[0]
    requests = list(DeletionRequest.objects.filter(user=user))
    DeletionRequest.objects.filter(user=user).update(reason="")
    redact(DeletionRequest, [request.pk for request in requests])
    claims = list(EligibilityClaim.objects.filter(entry__in=entries))
    forms = [row.recommendation for row in rows]
    done["作品（个人的内容和文件全部删除，队伍的去掉提到本人的文字）"], works = purge_works(person)
    things: list[Model] = [
        *works,
        *entries,
        *members,
        *guardians,
        *rows,
        *forms,
        *invitations,
        *claims,
        *requests,
        user,
    ]
    return done + notices.purge(person, things)


def statistics() -> Counter[tuple[object, ...]]:
    """What the contest counts: entries that went in, their people by age band, rows, places. No deletion changes it."""
    found = Counter[tuple[object, ...]]()
    entered = Entry.objects.exclude(entered_at=None).select_related("edition")
    for entry in entered:
        found["entry", entry.edition_id, entry.track_id, entry.kind, entry.state, tuple(entry.categories)] += 1
    people = Member.objects.filter(entry__in=entered).select_related("entry__edition", "birth")
    for member in people:
        entry, here = member.entry, member.left_at is None
        found["member", entry.track_id, entry.state, member.role, member.group, here, band_at_entry(member)] += 1
    rows = RecommendationRow.objects.exclude(state="draft")
    for edition, track, state, categories in rows.values_list("edition", "track", "state", "categories"):
        found["row", edition, track, state, tuple(categories)] += 1
    works = Work.objects.filter(entry__in=entered).exclude(current=None)
    for edition, category, state in works.values_list("edition", "category", "state"):
        found["work", edition, category, state] += 1
    for quota, taken in UnitQuota.objects.filter(taken__gt=0).values_list("pk", "taken"):
        found["places", quota] = taken
    return found


def _leave_drafts(user: User) -> None:
    """What was never sent in is nobody's result."""
    for member in Member.objects.filter(user=user, left_at=None, entry__state="draft").select_related("entry"):
        if member.role == "representative":
            withdraw_entry(member.entry, by=None, reason=REASON)
        else:
            lock(member.entry)
            take_out(member)


def _alias_rows(rows: list[RecommendationRow], person: Person) -> int:
    keys = [row.pk for row in rows]
    nothing = dict.fromkeys(("phone", "confirmed_phone", "email", "review_note", "reply", "returned_as"), "")
    RecommendationRow.objects.filter(pk__in=keys).update(name=person.alias, pinyin="", **nothing)
    redact(RecommendationRow, keys)
    return len(keys)


def _erase_evidence(user: User) -> int:
    """All of an individual's evidence; of a team's only the files that the person brought."""
    alone = Q(entry__people__user=user, entry__kind="individual")
    claims = EligibilityClaim.objects.filter(alone | Q(file__owner=user, entry__people__user=user)).distinct()
    keys, own = [claim.pk for claim in claims], [claim.pk for claim in claims.filter(alone)]
    return forget_evidence(keys, own)


def forget_evidence(with_files: Iterable[int], whole: Iterable[int]) -> int:
    """Delete claims' files, and of those in `whole` whatever was typed; the verdicts stay. Returns how many claims."""
    keys = {*with_files, *whole}
    claims = EligibilityClaim.objects.filter(pk__in=keys)
    files = list(claims.exclude(file=None).values_list("file", flat=True))
    claims.update(file=None)
    claims.filter(pk__in=whole).update(statement="", link="", review_note="", honour=None)
    erase(StoredFile.objects.filter(pk__in=files))
    redact(EligibilityClaim, keys)
    return len(keys)


def _blank_entries(entries: Iterable[Entry]) -> None:
    keys = [entry.pk for entry in entries]
    Entry.objects.filter(pk__in=keys).update(organisation="")
    redact(Entry, keys)


def _forget(model: type[Invitation], person: Person, rows: list[RecommendationRow]) -> list[Invitation]:
    """Invitations to the person: nameless, addressless, and no longer to be taken up."""
    wanted = Q(accepted_by=person.user)
    wanted |= Q(phone=person.phone) if person.phone else Q(pk__in=())
    wanted |= Q(email=person.email) if person.email else Q(pk__in=())
    wanted |= Q(row__in=rows) if model is RowClaim else Q(pk__in=())
    found = list(model._default_manager.filter(wanted))
    mine = model._default_manager.filter(pk__in=[invitation.pk for invitation in found])
    mine.open().update(revoked_at=timezone.now())
    mine.update(name="", phone=None, email=None)
    redact(model, [invitation.pk for invitation in found])
    return found
