"""What the services of awards leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from awards.models import AwardLine, AwardList, Entitlement, Objection, Release, Ruling
from awards.services import drafting, entitlement_export, entitling, handing_out, objecting, publishing
from core import clock
from core.accounts.models import User
from core.states import move
from judging.services import adoption
from registrations.models import Unit
from tests.awards import build
from tests.awards.certificates import build as certificates
from tests.judging import build as judging
from tracks.models import Edition, RuleText

SECOND = "second@example.test"


def me() -> User:
    """Who does it all in these tests."""
    return User.objects.get(email="organiser@example.test")


def adopted(stage: Any) -> Edition:
    """Nothing that the notice leaves open stands in the way."""
    for code in ("review", "final"):
        adoption.amend(judging.round_of(stage.edition, code), {}, reason="沿用", by=me())
    return stage.edition


def fresh(stage: Any) -> AwardList:
    """Over two works of a round that is locked, past the services where they would take long."""
    return build.category(adopted(stage), 2)


def drafted(stage: Any) -> AwardList:
    found = fresh(stage)
    drafting.draft(found, by=me())
    return found


def ruling(stage: Any) -> Ruling:
    return drafting.rule(fresh(stage), "count", level="first", count=1, reason="少取", by=me())


def locked(stage: Any) -> AwardList:
    found = drafted(stage)
    publishing.lock_list(found, by=me())
    return build.again(found)


def locked_by_another(stage: Any) -> AwardList:
    found = drafted(stage)
    publishing.lock_list(found, by=build.organiser(SECOND))
    return found


def published(stage: Any) -> AwardList:
    """Announced past the questions that the stage's edition leaves open."""
    found, now = locked(stage), clock.now()
    move(found, "publish", opens_at=now, closes_at=publishing.window_from(found.edition, now))
    version = found.versions.get()
    Release.objects.create(award_list=found, version=version, number=1, at=now, by=me())
    return build.again(found)


def changed(stage: Any) -> AwardList:
    found = published(stage)
    drafting.note(found, "left_out", keys=["test-1"], reason="抄袭", who=me())
    return found


def over(stage: Any) -> AwardList:
    found = published(stage)
    build.after(found)
    return found


def filed(stage: Any, *verbs: str) -> Objection:
    """An objection, brought to a state."""
    made = build.objection(published(stage), by=build.citizen())
    for verb in verbs:
        values = {"outcome": "kept"} if verb == "decide" else {}
        move(made, verb, **values)
    return made


def filing(stage: Any) -> Callable[..., Any]:
    found = published(stage)
    User.objects.filter(pk=me().pk).update(phone="+8613800138799")
    key = AwardLine.objects.all()[0].key
    return lambda by: objecting.file(
        found, {"kind": "person", "about": key, "words": "不实"}, build.paper(), by=User.objects.get(pk=by.pk)
    )


def chance(stage: Any, code: str = "short_drama_show") -> Entitlement:
    drafted(stage)
    line = AwardLine.objects.all()[0]
    return Entitlement.objects.create(
        edition=stage.edition, code=code, line=line, holder="person", name="某某", made_at=clock.now()
    )


def mentor(stage: Any) -> tuple[Entitlement, Edition]:
    one = chance(stage, "mentor")
    move(one, "grant", granted_at=clock.now())
    rules = Edition.objects.get(pk=stage.edition.pk).rules
    following = Edition.objects.create(slug="next", name="下一届", rules=rules)
    return one, following


def collecting(stage: Any) -> Callable[..., Any]:
    """A unit with one certificate of its own."""
    unit = Unit.objects.all()[0]
    certificates.printed(certificates.certificate(stage.edition, unit.full_name, unit=unit))
    return partial(handing_out.take_away, unit, stage.edition)


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    drafting.make_lists: ("awards.lists_made", lambda s: partial(drafting.make_lists, s.edition)),
    drafting.draft: ("awards.drafted", lambda s: partial(drafting.draft, fresh(s))),
    drafting.rule: (
        "awards.ruled",
        lambda s: partial(drafting.rule, fresh(s), "count", level="first", count=1, reason="少取"),
    ),
    drafting.unrule: ("awards.unruled", lambda s: partial(drafting.unrule, ruling(s), reason="再议")),
    publishing.lock_list: ("awards.locked", lambda s: partial(publishing.lock_list, drafted(s))),
    publishing.unlock_list: (
        "awards.unlocked",
        lambda s: partial(publishing.unlock_list, locked_by_another(s), reason="再看"),
    ),
    publishing.correct: ("awards.corrected", lambda s: partial(publishing.correct, changed(s), reason="抄袭")),
    publishing.finalise: ("awards.final", lambda s: partial(publishing.finalise, over(s))),
    objecting.file: ("objection.filed", filing),
    objecting.accept: ("objection.accepted", lambda s: partial(objecting.accept, filed(s))),
    objecting.decline: ("objection.declined", lambda s: partial(objecting.decline, filed(s), "与名单无关")),
    objecting.begin_check: ("objection.checking", lambda s: partial(objecting.begin_check, filed(s, "accept"))),
    objecting.decide: (
        "objection.decided",
        lambda s: partial(objecting.decide, filed(s, "accept", "check"), "kept", "不成立"),
    ),
    objecting.answer: (
        "objection.answered",
        lambda s: partial(objecting.answer, filed(s, "accept", "check", "decide"), "不成立"),
    ),
    entitling.grant: ("entitlement.granted", lambda s: partial(entitling.grant, chance(s), note="选定")),
    entitling.carry: ("entitlement.carried", lambda s: partial(entitling.carry, *mentor(s))),
    entitling.carry_all: (
        "entitlement.carried",
        lambda s: partial(entitling.carry_all, s.edition, mentor(s)[1]),
    ),
    handing_out.take_away: ("summary.exported", collecting),
    entitlement_export.export: (
        "summary.exported",
        lambda s: partial(
            entitlement_export.export, chance(s).edition, Entitlement.objects.all(), reason="寄给承办单位"
        ),
    ),
}


def publishing_case(stage: Any) -> Callable[..., Any]:
    """Of an edition whose questions are settled."""
    found = locked(stage)
    build_text = build.text(("adopted = []", "adopted = []"))
    Edition.objects.filter(pk=stage.edition.pk).update(rules=RuleText.kept(build_text))
    return partial(publishing.publish_list, build.again(found))


CASES[publishing.publish_list] = ("awards.published", publishing_case)
