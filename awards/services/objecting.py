"""Objections: filed inside the window, 受理 → 核查 → 维持 / 更正 / 取消 → 答复, each with its clock (practice 4).

While one is open its award is frozen: the list cannot become final. A right one makes the next version at once.
"""

from collections.abc import Mapping
from typing import IO, Any

from django.db import IntegrityError, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.kinds import JPEG, PDF, PNG
from core.files.papers import keep_paper, look_into
from core.files.services import MB
from core.links import link_to
from core.notices.services import Word, notify, notify_all
from core.problems import Problem, Refused, refuse_if
from core.states import move
from core.workdays import deadline_after

from ..models import AwardList, Objection
from ..rules.publicity import WORDS_MAX, Asking, check_objection
from ..states import OUTCOMES
from . import drafting
from .drafting import lock
from .publishing import public_version, release_again

LIMIT, KINDS = 20 * MB, (PDF, JPEG, PNG)
TWICE = Problem("objection.twice", "您已对这一项提出过异议，请等答复；补充材料请联系组委会", "about")
CORRECTED = ("name", "organisation", "title")
IDLE_WORDS = Problem(
    "objection.idle_words",
    "“更正为”的文字只在结论是“更正”、异议针对某一项时生效；请改选“更正”，或清空这些文字",
    "outcome",
)


def check(found: AwardList, values: Mapping[str, Any], *, evidence: bool, who: User) -> list[Problem]:
    """Why somebody's objection cannot be filed now."""
    version = public_version(found)
    if version is None or found.opens_at is None or found.closes_at is None:
        return [Problem("objection.early", "公示还没有开始")]
    about, unit = values.get("about", ""), values.get("kind") == "unit"
    asking = Asking(
        kind="unit" if unit else "person",
        name=values.get("unit", "") if unit else who.real_name,
        reachable=bool(who.phone),
        words=values.get("words", ""),
        evidence=evidence,
        stamped=evidence and unit,
        about=about,
        told_before=found.objections.filter(by=who, about=about).exists(),
    )
    lines = set(version.lines.values_list("key", flat=True))
    anonymous = found.edition.rulebook.publicity.anonymous_objections
    return check_objection(asking, found.opens_at, found.closes_at, clock.now(), lines, anonymous=anonymous)


def file(found: AwardList, values: Mapping[str, Any], evidence: tuple[IO[bytes], str] | None, *, by: User) -> Objection:
    """Object to a line or to the list. values: kind, unit, about, words; evidence: an open file and its name.

    Raises Refused outside the window, without real name or stamp, words or evidence, and for the same person twice
    about the same line; for a file that is broken or of another kind.
    """
    found = AwardList.objects.select_related("edition").get(pk=found.pk)
    refuse_if(check(found, values, evidence=evidence is not None, who=by))
    if evidence is None:  # the rule has said so already
        raise Refused(Problem("objection.evidence", "请上传证据", "evidence"))
    upload, name = evidence
    looked = look_into(upload, name, limit=LIMIT, kinds=KINDS)  # takes a moment: nothing is locked yet
    with transaction.atomic(), recorded("objection.filed", by=by):
        found = lock(found)
        if found.state != "published":
            raise Refused(Problem("objection.late", "公示已经结束，不再受理异议"))
        refuse_if(check(found, values, evidence=True, who=by))
        now, release = clock.now(), found.releases.all()[0]
        due = deadline_after(now, found.edition.rulebook.publicity.reply_working_days)
        try:
            with transaction.atomic():
                made = Objection.objects.create(
                    award_list=found, release=release, about=values.get("about", ""),
                    kind="unit" if values.get("kind") == "unit" else "person", unit=values.get("unit", "").strip(),
                    words=values["words"].strip(), by=by, filed_at=now, due_at=due,
                    evidence=keep_paper(upload, name, looked, owner=by),
                )  # fmt: skip
        except IntegrityError as error:
            raise Refused(TWICE) from error
        said = {"list": str(found), "number": made.pk, "due": due}
        said["link"] = link_to("admin:awards_objection_change", made.pk)
        heads = User.objects.filter(is_superuser=True, is_active=True)
        notify_all([Word(one, "objection-arrived", said) for one in heads], made, "filed")
    return made


def accept(objection: Objection, *, by: User) -> None:
    """受理."""
    with transaction.atomic(), recorded("objection.accepted", by=by):
        move(objection, "accept", accepted_at=clock.now())
        _tell(objection)


def decline(objection: Objection, words: str, *, by: User) -> None:
    """不予受理, with the reason for whoever filed it. Raises Refused without one."""
    refuse_if(_check_words(words, "answer"))
    with transaction.atomic(), recorded("objection.declined", by=by, reason=words.strip()):
        move(objection, "decline", answer=words.strip(), answered_at=clock.now())
        _tell(objection)


def begin_check(objection: Objection, *, by: User) -> None:
    """核查."""
    with transaction.atomic(), recorded("objection.checking", by=by):
        move(objection, "check")


def decide(
    objection: Objection, outcome: str, note: str, *, by: User, words: Mapping[str, str] | None = None
) -> Objection:
    """维持, 更正 or 取消, with what was found out. A cancelled prize goes to the next in rank by the rules; corrected
    words are printed anew; either way the next version is public at once, with its difference.

    words: for 更正, the line's name, organisation, title; none where the ranking itself was corrected. Raises Refused
    where nothing would change, or works tie; then nothing was written.
    """
    refuse_if(_check_words(note, "note"))
    about = objection.about
    if outcome == "cancelled" and not about:
        raise Refused(Problem("objection.whole", "对整份名单的异议不能取消某一项奖，请选“更正”", "outcome"))
    fixed = {name: value.strip() for name, value in (words or {}).items() if name in CORRECTED and value.strip()}
    if fixed and not (outcome == "corrected" and about):  # nothing that was typed is passed over
        refuse_if([IDLE_WORDS])
    with transaction.atomic(), recorded("objection.decided", by=by, reason=note.strip()):
        found = lock(objection.award_list)
        drafting.check_runs(found, by)
        made, because = None, f"采纳异议第 {objection.pk} 号：{dict(OUTCOMES)[outcome]}"
        if outcome == "cancelled":
            drafting.note(found, "left_out", keys=[about], reason=note, who=by)
        if fixed:
            drafting.note(found, "words", keys=[about], reason=note, who=by, **fixed)
        if outcome != "kept":
            made = release_again(found, because, by)
        move(objection, "decide", outcome=outcome, note=note.strip(), decided_at=clock.now(), decided_by=by, made=made)
    return objection


def answer(objection: Objection, words: str, *, by: User) -> None:
    """答复: the clock stops, the award is no longer frozen. Raises Refused without words."""
    refuse_if(_check_words(words, "answer"))
    with transaction.atomic(), recorded("objection.answered", by=by, reason=words.strip()):
        move(objection, "answer", answer=words.strip(), answered_at=clock.now())
        _tell(objection)


def _check_words(words: str, field: str) -> list[Problem]:
    if not words.strip():
        return [Problem("objection.no_words", "请写明依据和结论，不能空着", field)]
    long = len(words.strip()) > WORDS_MAX
    return [Problem("objection.too_long", f"最多 {WORDS_MAX} 个字，请缩短", field)] if long else []


def _tell(objection: Objection) -> None:
    said = {
        "list": str(objection.award_list), "number": objection.pk, "state": objection.get_state_display(),
        "outcome": objection.get_outcome_display() if objection.outcome else "", "answer": objection.answer,
        "due": objection.due_at, "link": link_to("objection", objection=objection.pk),
    }  # fmt: skip
    notify(objection.by, "objection-moved", about=objection, occasion=objection.state, **said)
