"""What judging keeps of a person: gathered for them, deleted at their request, cleared when its time is up (PIPL)."""

from collections import Counter
from datetime import datetime

from django.db.models import Count, Q, Sum

from core.accounts.models import User
from core.audit.redaction import REDACTED, redact
from core.personal import Person, Section
from core.problems import Problem
from tracks.models import Edition

from .models import BallotKey, Candidate, Judge, JudgeInvitation, Recusal, Round, ScoreSheet
from .states import DECIDED

EXPERT = ("organisation", "duty", "title", "field", "city")


def gather(user: User) -> list[Section]:
    """Judgeships with what the roster said, invitations, own sheets, declared conflicts."""
    return [_judgeships(user), _invitations(user), _sheets(user), _recusals(user)]


def blockers(user: User) -> list[Problem]:
    """A judge at work leaves the round first."""
    rounds = Round.objects.filter(judges__user=user, judges__state="active").exclude(state__in=DECIDED)
    names = "、".join(str(one) for one in rounds.select_related("category", "track"))
    return [Problem("purge.judge", f"还是{names}的评委：请先让其退出本轮，再删除")] if names else []


def purge(person: Person) -> Counter[str]:
    """Roster facts and addresses go, from history too; scores stay under the judge's number, titles are blanked.

    In the caller's transaction and `recorded(…)`, before the account itself is closed.
    """
    done = Counter[str]()
    judges = list(Judge.objects.filter(user=person.user).values_list("pk", flat=True))
    Judge.objects.filter(pk__in=judges).update(**dict.fromkeys(EXPERT, ""), topics=[])
    redact(Judge, judges)
    done["评委信息（清空单位、职务、专业；评分按编号保留）"] = len(judges)
    asked = Q(accepted_by=person.user)
    asked |= Q(phone=person.phone) if person.phone else Q(pk__in=())
    asked |= Q(email=person.email) if person.email else Q(pk__in=())
    invitations = list(JudgeInvitation.objects.filter(asked).values_list("pk", flat=True))
    JudgeInvitation.objects.filter(pk__in=invitations).update(
        **dict.fromkeys(EXPERT, ""), name="", phone=None, email=None, topics=[]
    )
    redact(JudgeInvitation, invitations)
    done["评委邀请（清空称呼和联系方式）"] = len(invitations)
    about = Recusal.objects.filter(
        Q(judge__in=judges) | Q(candidate__entry__people__user=person.user) | Q(declared_by=person.user)
    )
    recusals = list(about.distinct().values_list("pk", flat=True))
    Recusal.objects.filter(pk__in=recusals).update(reason="")
    redact(Recusal, recusals)
    works = Candidate.objects.filter(entry__people__user=person.user, entry__kind="individual").distinct()
    candidates = list(works.values_list("pk", flat=True))
    Candidate.objects.filter(pk__in=candidates).update(title=REDACTED, reason="")
    redact(Candidate, candidates)
    done["参评作品名称"] = len(candidates)
    return done


def statistics() -> Counter[tuple[object, ...]]:
    """What no deletion changes: works, sheets and their points, round by round."""
    found = Counter[tuple[object, ...]]()
    for round_, state, count in Candidate.objects.values_list("round", "state").annotate(count=Count("pk")).order_by():
        found["candidate", round_, state] = count
    sheets = ScoreSheet.objects.values_list("round", "state").annotate(count=Count("pk"), points=Sum("total"))
    for round_, state, count, points in sheets.order_by():
        found["sheet", round_, state, str(points)] = count
    return found


def expire_ballots(edition: Edition, ended: datetime) -> int:
    """Delete the keys that turn a phone into a ballot's identity: from then on no ballot leads to anybody."""
    return BallotKey.objects.filter(session__round__edition=edition, made_at__lt=ended).delete()[0]


def _judgeships(user: User) -> Section:
    rows = [
        (
            j.round.edition.name, str(j.round), j.label, j.organisation, j.duty, j.title, j.field, j.joined_at,
            j.removed_at,
        )
        for j in user.judgeships.select_related("round__edition", "round__category", "round__track")
    ]  # fmt: skip
    columns = ("届次", "轮次", "评委编号", "单位名称", "职务", "职称", "专业领域", "到任时间", "退出时间")
    return Section("我担任的评委", columns, rows)


def _invitations(user: User) -> Section:
    wanted = Q(accepted_by=user)
    wanted |= Q(phone=user.phone) if user.phone else Q(pk__in=())
    wanted |= Q(email=user.email) if user.email else Q(pk__in=())
    found = JudgeInvitation.objects.filter(wanted).select_related("round__category", "round__track")
    rows = [(str(i.round), i.name, i.masked_contact, i.organisation, i.status_label, i.created_at) for i in found]
    return Section("评委邀请", ("轮次", "称呼", "发往", "单位名称", "状态", "发出时间"), rows)


def _sheets(user: User) -> Section:
    sheets = ScoreSheet.objects.filter(assignment__judge__user=user).select_related(
        "assignment", "round__category", "round__track"
    )
    rows = [
        (
            str(s.round),
            s.assignment.code,
            s.get_state_display(),
            str(s.total or ""),
            s.comment,
            s.abstained,
            s.signed_at,
        )
        for s in sheets.order_by("pk")
    ]
    return Section("我的评分", ("轮次", "盲评编号", "状态", "合计", "评语", "弃权理由", "签名时间"), rows)


def _recusals(user: User) -> Section:
    mine = Recusal.objects.filter(judge__user=user, found_by="judge").select_related("judge__round__category")
    rows = [(str(r.judge.round), r.reason, r.declared_at, r.lifted_at) for r in mine]
    return Section("我申报的回避", ("轮次", "原因", "申报时间", "撤销时间"), rows)
