"""Judges from a roster (评委名单, N30): every line judged, the good ones invited. Gender and birth are not kept."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.problems import Problem, errors
from core.sheets import Line, Table, Verdict
from registrations.models import Region

from ..models import JudgeInvitation, Round
from ..rules.judges import topics_of
from . import judges


@dataclass(frozen=True)
class RosterLine(Line):
    """One person of the roster. `unchanged`: invited or in office already."""

    name: str = ""
    phone: str = ""
    email: str = ""
    expert: dict[str, object] = field(default_factory=dict)
    address: str = ""
    note: str = ""


def judge_roster(round_: Round, table: Table) -> list[RosterLine]:
    """What each line would do."""
    seated = list(round_.judges.active().values_list("user__phone", "user__email"))
    asked = list(JudgeInvitation.objects.open().filter(round=round_).values_list("phone", "email"))
    known = {address for pair in (*seated, *asked) for address in map(str, pair) if address not in ("None", "")}
    cities = {region.name: region.code for region in Region.objects.filter(level="prefecture")}
    topics, seen = _topics(round_), dict[str, int]()
    lines = []
    for row in table.rows:
        values, problems = row.values, list(row.problems)
        phone, email, wrong = _addresses(values.get("phone", ""), values.get("email", ""))
        problems += wrong
        if not values.get("name"):
            problems.append(Problem("roster.name", "请填写姓名", "name"))
        if not values.get("organisation"):
            problems.append(Problem("roster.organisation", "请填写单位名称，查回避要用", "organisation"))
        for address in filter(None, (phone, email)):
            if seen.setdefault(address, row.number) != row.number:
                problems.append(Problem("roster.twice", f"与第 {seen[address]} 行是同一联系方式，请只留一行", "phone"))
        note = "已是评委或已邀请" if {phone, email} & known else ""
        verdict: Verdict = "wrong" if errors(problems) else "unchanged" if note else "new"
        organisation = values.get("organisation", "")
        expert: dict[str, object] = {
            "organisation": organisation[:200],
            "duty": values.get("duty", "")[:60],
            "title": values.get("title", "")[:60],
            "field": values.get("field", "")[:200],
            "city": next((code for name, code in cities.items() if name.removesuffix("市") in organisation), ""),
            "topics": [topic for topic in topics_of(values.get("field", "")) if topic in topics],
        }
        lines.append(
            RosterLine(
                row.number,
                values.get("name", ""),
                verdict,
                problems,
                {},
                name=values.get("name", "")[:60],
                phone=phone,
                email=email,
                expert=expert,
                address=email or phone,
                note=note,
            )
        )
    return lines


def import_roster(round_: Round, table: Table, *, by: User) -> int:
    """Invite the good lines, all or none. Returns how many."""
    good = [line for line in judge_roster(round_, table) if line.verdict == "new"]
    with transaction.atomic():
        for line in good:
            judges.invite(round_, by=by, name=line.name, email=line.email, phone=line.phone, expert=line.expert)
    return len(good)


def _topics(round_: Round) -> set[str]:
    """What works are sorted by: a judge's field counts as expertise where it names one of these."""
    return {topic for topics in round_.candidates.values_list("topics", flat=True) for topic in topics}


def _addresses(phone: str, email: str) -> tuple[str, str, list[Problem]]:
    problems = []
    try:
        phone = normalise_phone(phone) if phone else ""
    except ValueError as error:
        problems.append(Problem("roster.phone", str(error), "phone"))
    if email:
        email = normalise_email(email)
        try:
            validate_email(email)
        except ValidationError:
            problems.append(Problem("roster.email", f"“{email}”不是有效的邮箱地址", "email"))
    if not (phone or email):
        problems.append(Problem("roster.address", "手机号码和电子邮箱至少填一个", "phone"))
    return phone, email, problems
