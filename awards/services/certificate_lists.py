"""Who gets a certificate of a kind: from a final list, from those who took part, trained or served."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.problems import Problem, Refused
from registrations.entry_models import PARTICIPANTS, Entry, Member
from registrations.models import Unit
from seasons.models import Enrolment, QuizTry, Season, ServiceHours
from seasons.rules.advancing import CourseShare
from seasons.rules.records import hours
from seasons.services.training_facts import courses_of, share_of, told_of
from tracks.models import Edition
from tracks.rulebook.awards import CertificateKind

from ..certificates.rendering import MINOR_NOTE
from ..models import AwardLine, AwardList
from ..rules.certificates import recipients
from ..rules.certifying import Recipient, Wording

TO_WRITE = "____________"  # filled in by hand: the portal keeps no number of i志愿 (practice 11)
KIND = {"person": "individual", "team": "team"}  # recipient → kind of entry
SERVICES = 12  # kinds and names of activities that a proof lists


@dataclass(frozen=True)
class Asked:
    """Which certificates: of a kind, and for which list or theme where the kind needs one."""

    edition: Edition
    kind: CertificateKind
    award_list: AwardList | None = None
    season: Season | None = None
    handler: str = ""
    phone: str = ""


def wording_of(edition: Edition, kind: CertificateKind) -> Wording:
    """Text, issuers and small print as the edition has them."""
    issuers = edition.rulebook.organisers_as(*kind.issuer_roles)
    notes = (MINOR_NOTE,) * kind.minor_note + ((kind.footnote,) if kind.footnote else ())
    return Wording(kind.title, kind.text, issuers, notes)


def check_asked(asked: Asked) -> list[Problem]:
    """What is missing before anybody can be listed."""
    kind, rulebook = asked.kind, asked.edition.rulebook
    problems = []
    kinds = rulebook.certificates.kinds if rulebook.certificates else ()
    path = f"certificates.kinds[{[one.code for one in kinds].index(kind.code)}]"
    if waiting := sorted({one.question for one in rulebook.undecided if one.path.startswith(path)}):
        said = f"证书由哪些单位颁发还没有定（{'、'.join(waiting)}），请先在届次规则里采纳或改定"
        problems.append(Problem("certificate.undecided", said))
    if kind.basis == "award":
        if asked.award_list is None or asked.award_list.award != kind.award:
            problems.append(Problem("certificate.no_list", "请选这种证书对应奖项的获奖名单", "award_list"))
        elif asked.award_list.state != "final":
            said = (
                f"{asked.award_list}还没有生效（现在是“{asked.award_list.get_state_display()}”），生效以后才能制作证书"
            )
            problems.append(Problem("certificate.not_final", said, "award_list"))
    if kind.basis == "training" and asked.season is None:
        problems.append(Problem("certificate.no_season", "请选是哪一期培训", "season"))
    if kind.basis == "service" and not (asked.handler.strip() and asked.phone.strip()):
        said = "志愿服务证明要写明经办人和联系电话（民政部令第 67 号），请补上"
        problems.append(Problem("certificate.handler", said, "handler"))
    return problems


def listed(asked: Asked) -> list[Recipient]:
    """In the order of the list, those who have one included. Raises Refused where `check_asked` finds anything."""
    if problems := check_asked(asked):
        raise Refused(problems)
    by_basis = {"award": _of_list, "participation": _of_entries, "training": _of_season, "service": _of_services}
    return list(by_basis[asked.kind.basis](asked))


def _common(asked: Asked) -> dict[str, str]:
    """Values that every wording may use."""
    rulebook = asked.edition.rulebook
    issuers = "、".join(rulebook.organisers_as(*asked.kind.issuer_roles))
    return {
        "edition": rulebook.edition.short_name, "session": rulebook.edition.session, "issuers": issuers,
        "handler": asked.handler.strip(), "phone": asked.phone.strip(), "level": "",
    }  # fmt: skip


def _group(asked: Asked, category: str = "", level: int = 0) -> str:
    certificates = asked.edition.rulebook.certificates
    return certificates.group(asked.kind, category, level) if certificates else asked.kind.prefix


# --- Prizes ----------------------------------------------------------------------------------------------------


def _of_list(asked: Asked) -> Iterator[Recipient]:
    found = asked.award_list
    assert found is not None  # noqa: S101  # check_asked
    lines = AwardLine.objects.final().filter(version__award_list=found, holder__in=asked.kind.recipients)
    kept = list(lines.select_related("entry").order_by("place"))
    levels = [level.code for level in found.rule.levels]
    category = found.category.code if found.category else ""
    members = names_of(line.entry_id for line in kept if line.holder == "team" and line.entry_id)
    units = {unit.full_name: unit.pk for unit in Unit.objects.filter(full_name__in={line.name for line in kept})}
    for line in kept:
        people = members.get(line.entry_id or 0, ())
        name = recipients(people, line.name) if line.holder == "team" and people else line.name
        level = levels.index(line.level) + 1 if line.level in levels else 0
        values = _common(asked) | {
            "name": name, "award": line.award_name, "level": line.level_name if line.level else "",
            "organisation": line.name if line.holder == "organisation" else line.organisation, "work": line.title,
            "instructor": line.name if line.holder == "instructor" else "", "category": category,
            "team": line.name if line.holder == "team" else "", "members": "、".join(people),
        }  # fmt: skip
        yield Recipient(
            f"award:{found.pk}:{line.key}", _group(asked, category if level else "", level), name, values, line.pk,
            line.entry_id, line.user_id, units.get(line.name) if line.holder == "organisation" else None,
        )  # fmt: skip


def names_of(entries: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Entry → who takes part, the representative first, then in the order of joining."""
    found: dict[int, list[str]] = defaultdict(list)
    people = Member.objects.filter(entry__in=list(entries), left_at=None, role__in=PARTICIPANTS)
    for one in sorted(people, key=lambda one: (one.role != "representative", one.joined_at, one.pk)):
        found[one.entry_id].append(one.name)
    return {entry: tuple(names) for entry, names in found.items()}


# --- Taking part, training, serving ------------------------------------------------------------------------------


def _of_entries(asked: Asked) -> Iterator[Recipient]:
    """Every accepted entry: an individual by name, a team with its members."""
    kinds = [
        {"person": "individual", "team": "team"}[one] for one in asked.kind.recipients if one in ("person", "team")
    ]
    entries = Entry.objects.filter(edition=asked.edition, state="accepted", kind__in=kinds)
    kept = list(entries.select_related("track").order_by("track__position", "pk"))
    members = names_of(entry.pk for entry in kept)
    for entry in kept:
        people = members.get(entry.pk, ())
        name = recipients(people, entry.team_name if entry.kind == "team" else "")
        values = _common(asked) | {
            "name": name, "organisation": entry.organisation, "team": entry.team_name, "members": "、".join(people),
        }  # fmt: skip
        yield Recipient(f"entry-{entry.pk}", _group(asked), name, values, entry=entry.pk)


def _of_season(asked: Asked) -> Iterator[Recipient]:
    """Whoever attended enough of one course by themselves, and passed its quiz where it has one."""
    season = asked.season
    assert season is not None  # noqa: S101  # check_asked
    courses = {course.pk: course for course in courses_of(season)}
    quizzed = set(season.courses.filter(questions__isnull=False).values_list("pk", flat=True))
    seats = Enrolment.objects.here().filter(course__in=courses, member__role__in=PARTICIPANTS)
    kept = list(seats.select_related("member").order_by("member__entry__track__position", "member_id", "pk"))
    told = told_of(seat.pk for seat in kept)
    passed = set(QuizTry.objects.filter(enrolment__in=kept, passed=True).values_list("enrolment", flat=True))
    rule = asked.edition.rulebook.training
    need, done = (rule.attendance_percent if rule else 100), set[int]()
    for seat in kept:
        share = share_of(courses[seat.course_id], [seat.pk], told)
        if (
            seat.member_id in done
            or not _completed(share, need)
            or (seat.course_id in quizzed and seat.pk not in passed)
        ):
            continue
        done.add(seat.member_id)
        member = seat.member
        values = _common(asked) | {
            "name": member.name, "theme": str(season), "organisation": member.organisation,
        }  # fmt: skip
        yield Recipient(
            f"season:{season.pk}:member-{member.pk}", _group(asked), member.name, values,
            entry=member.entry_id, user=member.user_id,
        )  # fmt: skip


def _completed(share: CourseShare, percent: int) -> bool:
    return share.held > 0 and share.attended * 100 >= percent * share.held


def _of_services(asked: Asked) -> Iterator[Recipient]:
    """Everybody with verified hours: how long in all, and what they did."""
    kinds = {kind.code: kind.name for kind in asked.edition.rulebook.activity_types}
    served = ServiceHours.objects.filter(record__edition=asked.edition, record__state="passed")
    rows = served.select_related("record").order_by("starts_at", "pk")
    minutes: dict[int, int] = defaultdict(int)
    did: dict[int, dict[str, None]] = defaultdict(dict)
    for one in rows:
        if one.starts_at and one.ends_at:
            minutes[one.user_id] += one.length
            did[one.user_id][kinds.get(one.record.activity, "") or one.record.title] = None
    first: dict[int, Member] = {}
    for member in Member.objects.filter(edition=asked.edition, user__in=minutes).order_by("pk"):
        first.setdefault(member.user_id, member)
    for user, member in sorted(first.items(), key=lambda pair: pair[1].pk):
        services = [name for name in did[user] if name]
        said = "、".join(services[:SERVICES]) + ("等" if len(services) > SERVICES else "")
        values = _common(asked) | {
            "name": member.name, "hours": hours(minutes[user]), "services": said, "volunteer_number": TO_WRITE,
            "organisation": member.organisation,
        }  # fmt: skip
        yield Recipient(f"user-{user}", _group(asked), member.name, values, entry=member.entry_id, user=user)
