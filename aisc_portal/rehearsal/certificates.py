"""Certificates of the whole year: planned, numbered, printed, and every one verified; one corrected, one revoked."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from awards.certificates.keys import keys
from awards.models import AwardList, Certificate, CertificateBatch
from awards.services import certifying, reprinting
from awards.services.certificate_lists import Asked
from core import clock
from core.clock import BEIJING
from seasons.models import Season
from tracks.models import Edition
from tracks.rulebook.adopt import adopt_defaults
from tracks.rulebook.awards import CertificateKind

from .. import editions
from .hands import LONG
from .scene import Scene

ISSUERS = {"Q21"}  # who issues them; the notice is silent


def make(scene: Scene) -> None:
    """A batch of every kind for every list that is final and everybody who took part, trained or served."""
    if any(one.question in ISSUERS for one in scene.edition.rulebook.undecided):
        with scene.accepted("采纳缺省"):
            editions.load(adopt_defaults(scene.edition.text, ISSUERS), by=scene.organiser, reason="主办会议采纳缺省")
        scene.edition.refresh_from_db()
    rules = scene.edition.rulebook.certificates
    scene.each(rules.kinds if rules else (), partial(_make, scene), few=LONG)


def _make(scene: Scene, kind: CertificateKind) -> None:
    """One after the other, since those of a kind are numbered in one series."""
    day = clock.now().astimezone(BEIJING).date()
    for asked in _asked(scene.edition, kind):
        plan = certifying.plan(asked, day)
        if [one.code for one in plan.problems] == ["certificate.nobody"]:
            continue
        with scene.accepted(f"证书 {kind.code}"):
            batch = certifying.make_batch(asked, day, by=scene.organiser)
            certifying.start(batch, by=scene.organiser)
            scene.refused({"certificate.nobody"}, certifying.make_batch, asked, day, by=scene.organiser)


def _asked(edition: Edition, kind: CertificateKind) -> Iterator[Asked]:
    lists = AwardList.objects.filter(edition=edition, state="final").select_related("edition", "category", "track")
    themes = Season.objects.filter(edition=edition, kind="training").select_related("edition", "category")
    if kind.basis == "award":
        yield from (Asked(edition, kind, found) for found in lists if found.award == kind.award)
    elif kind.basis == "training":
        yield from (Asked(edition, kind, season=theme) for theme in themes)
    elif kind.basis == "service":
        yield Asked(edition, kind, handler="演练经办", phone="020-00000000")
    else:
        yield Asked(edition, kind)


def verify(scene: Scene) -> None:
    """Every batch is done and every signature fits; then one is printed again, another revoked for good."""
    for batch in CertificateBatch.objects.select_related("edition", "award_list__edition", "season"):
        scene.expect(batch.state == "done", f"{batch}没有做完：{batch.get_state_display()} {batch.note}")
        whole = all((batch.merged_id, batch.archive_id, batch.register_id))
        scene.expect(whole, f"{batch}的汇总文件没有做成")
    signed = keys()
    for one in Certificate.objects.select_related("file").iterator():
        scene.expect(signed.verified(one.payload) == one.claim, f"{one}的签名与内容不符")
        scene.expect(one.file is not None, f"{one}没有文件：{one.problem}")
        scene.counts["certificates.verified"] += 1
    first, second = [*Certificate.objects.valid().select_related("series__edition").order_by("pk")[:2], None, None][:2]
    if first and second:
        with scene.accepted(first):
            reprinting.reprint(first, reason="演练：原件遗失", by=scene.organiser)
            reprinting.revoke(second, reason="演练：冒用他人作品", by=scene.organiser)
        scene.refused({"certificate.revoked"}, reprinting.reprint, second, reason="再印", by=scene.organiser)


def totals(scene: Scene) -> dict[str, Any]:
    """What the summary tells."""
    states = [*Certificate.objects.values_list("state", flat=True)]
    return {
        "batches": CertificateBatch.objects.count(),
        "verified": scene.counts["certificates.verified"],
        "states": {state: states.count(state) for state in Certificate.STATES.labels},
    }
