"""Prizes: decided from the frozen rankings, announced, objected to, corrected, final; what is refused on the way."""

from collections import Counter
from io import BytesIO
from typing import Any

from PIL import Image

from awards.models import AwardLine, AwardList, Entitlement, Objection
from awards.services import drafting, objecting, publishing
from core import clock
from core.accounts.models import User
from judging.models import Round
from judging.states import DECIDED
from tracks.rulebook.adopt import adopt_defaults

from .. import editions
from .scene import Scene

LICENCES = "study_tour_licence"
OUTCOMES = ("cancelled", "kept", "corrected")
WORDS = {"cancelled": "比对属实", "kept": "材料不足", "corrected": "单位写错"}


def _lists(scene: Scene, kind: str, *states: str) -> list[AwardList]:
    lists = AwardList.objects.filter(edition=scene.edition).select_related("edition", "category", "track")
    found = [one for one in lists if one.rule.kind == kind]
    return [one for one in found if not states or one.state in states]


def _ready(found: AwardList) -> bool:
    """Whether its rounds were judged at all, in a small rehearsal."""
    codes = {level.round for level in found.rule.levels}
    rounds = Round.objects.filter(edition=found.edition, category=found.category, code__in=codes)
    return bool(rounds) and all(one.state in DECIDED for one in rounds)


def decide(scene: Scene) -> None:
    """Every list is drafted and decided; works that tie across a line are ordered first."""
    scene.edition.refresh_from_db()
    drafting.make_lists(scene.edition, by=scene.organiser)
    for found in _lists(scene, "ranking"):
        if _ready(found):
            _decide(scene, found)
    for found in _lists(scene, "points"):
        _decide(scene, found)
    for found in _lists(scene, "composite"):
        if len(_lists(scene, "ranking", "draft")) == 0:
            _decide(scene, found)
        else:
            scene.refused({"list.prizes_open"}, drafting.draft, found, by=scene.organiser)


def _decide(scene: Scene, found: AwardList) -> None:
    with scene.accepted(found):
        scene.refused({"list.no_draft"}, publishing.lock_list, found, by=scene.organiser)
        for _ in range(20):  # an order may bring the next tie to light
            ties = drafting.preview(found).allocation.ties
            if not ties:
                break
            for tie in ties:
                drafting.rule(found, "order", keys=list(tie.keys), reason="组委会复议", by=scene.organiser)
                scene.counts["awards.ties"] += 1
        drafting.draft(found, by=scene.organiser)
        publishing.lock_list(found, by=scene.organiser)


def announce(scene: Scene) -> None:
    """Undecided questions block it; then the prizes, and the lists that follow from them."""
    locked = [one for kind in ("ranking", "points", "composite") for one in _lists(scene, kind, "locked")]
    if not locked:
        return
    questions = {one for found in locked for one in publishing.undecided(scene.edition, found.award)}
    if questions:
        scene.refused({"list.undecided"}, publishing.publish_list, locked[0], by=scene.organiser)
        with scene.accepted("采纳缺省"):
            editions.load(adopt_defaults(scene.edition.text, questions), by=scene.organiser, reason="主办会议采纳缺省")
        scene.edition.refresh_from_db()
    for found in locked:
        found.edition = scene.edition
        with scene.accepted(found):
            publishing.publish_list(found, by=scene.organiser)


def object_to(scene: Scene) -> None:
    """One objection a list: some hold, some do not; nameless ones and second ones are refused."""
    critic = User.objects.create_user("孙监督", phone="13800138991")
    nameless = User.objects.create_user("路人", email="nameless@example.test")
    for number, found in enumerate(_lists(scene, "ranking", "published")):
        line = found.releases.all()[0].version.lines.first()
        if line is None:
            continue
        said = {"kind": "person", "about": line.key, "words": "与往年的一件作品雷同"}
        scene.refused({"objection.anonymous"}, objecting.file, found, said, _paper(), by=nameless)
        with scene.accepted(found):
            made = objecting.file(found, said, _paper(), by=critic)
            scene.refused({"objection.twice"}, objecting.file, found, said, _paper(), by=critic)
            scene.refused({"list.window", "list.objections"}, publishing.finalise, found, by=scene.organiser)
            objecting.accept(made, by=scene.organiser)
            objecting.begin_check(made, by=scene.organiser)
            outcome = OUTCOMES[number % len(OUTCOMES)]
            words = {"organisation": "更正后的单位"} if outcome == "corrected" else {}
            objecting.decide(made, outcome, WORDS[outcome], words=words, by=scene.organiser)
            objecting.answer(made, f"经核查：{WORDS[outcome]}", by=scene.organiser)
        shown = publishing.public_version(found)
        kept = shown is not None and shown.lines.filter(key=line.key).exists()
        scene.expect(kept == (outcome != "cancelled"), f"{found}：结论为{outcome}，名单却不符")


def finish(scene: Scene) -> None:
    """The windows are over: nobody objects any more, everything is final, what follows is granted."""
    published = [one for kind in ("ranking", "points", "composite") for one in _lists(scene, kind, "published")]
    critic = User.objects.filter(phone="+8613800138991").first()
    if published and critic:
        said = {"kind": "person", "about": "", "words": "太晚了"}
        scene.refused({"objection.late"}, objecting.file, published[0], said, _paper(), by=critic)
    publishing.finalise_due(clock.now())
    for one in published:
        one.refresh_from_db()
        scene.expect(one.state == "final", f"{one}没有生效")
    full = [one for one in published if one.category and one.category.code == "C"]
    rule = next((one for one in scene.edition.rulebook.entitlements if one.code == LICENCES), None)
    if full and rule and AwardLine.objects.final().filter(version__award_list=full[0]).count() == 65:
        values = Entitlement.objects.filter(code=LICENCES).values_list("value_yuan", flat=True)
        worth = sum(value or 0 for value in values)
        scene.expect(worth == scene.edition.rulebook.entitlement_value(LICENCES), f"授权总值为 {worth} 元")


def totals(scene: Scene) -> dict[str, Any]:
    """What the summary tells."""
    lists = Counter(AwardList.objects.filter(edition=scene.edition).values_list("state", flat=True))
    final = AwardLine.objects.final().filter(version__award_list__edition=scene.edition)
    levels = Counter(final.values_list("version__award_list__award", "level"))
    outcomes = Counter(Objection.objects.values_list("outcome", flat=True))
    states = Counter(Entitlement.objects.filter(edition=scene.edition).values_list("state", flat=True))
    return {
        "lists": {state: lists[state] for state in ("draft", "locked", "published", "final")},
        "prizes": {f"{award} {level}".strip(): count for (award, level), count in sorted(levels.items())},
        "ties_decided": scene.counts["awards.ties"],
        "objections": {outcome: outcomes[outcome] for outcome in OUTCOMES},
        "entitlements": {state: states[state] for state in ("granted", "candidate")},
    }


def _paper() -> tuple[BytesIO, str]:
    made = BytesIO()
    Image.new("RGB", (60, 40), "white").save(made, "PNG")
    made.seek(0)
    return made, "证据.png"
