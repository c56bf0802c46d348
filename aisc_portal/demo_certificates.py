"""The demo's certificates: one batch printed to the end (a university recommended one of its holders; one certificate
is corrected, one revoked), and one that was only tried. A participant, a clerk and a stranger find something.
"""

import io
from datetime import timedelta

from django.db import transaction
from PIL import Image

from awards.models import CertificateBatch
from awards.services import certificate_printing, certifying, reprinting
from awards.services.certificate_lists import Asked
from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from core.files.derived.making import derive
from core.jobs.services import drain
from registrations.entry_models import Entry
from registrations.models import Recommendation
from registrations.services import (
    claiming,
    consenting,
    eligibility,
    entering,
    recommending,
    reviewing,
    stamping,
    verdicts,
)
from tracks.models import Edition

from .demo import jumps_of
from .demo_entries import PROOF

WORKERS = (
    certifying.PREPARE,
    certificate_printing.PRINT,
    certifying.GATHER,
    reprinting.REPRINT,
)  # their jobs, in order


@transaction.atomic  # whole or not at all; and no worker comes between
def prepare(edition: Edition, holder: User, clerk: User, contact: User, organiser: User) -> None:
    """Make them, once. holder: whom the clerk's unit recommends on the contact's track."""
    days = {jump.code: jump.moment for jump in jumps_of(edition)}
    if CertificateBatch.objects.exists() or not {"recommend", "register", "publicity"} <= days.keys():
        return
    before = clock.now()
    clock.set_now(days["recommend"])
    form = recommending.form_of(clerk.offices.select_related("unit").get().unit, edition)
    _recommend(form, holder, clerk, contact)
    clock.set_now(days["register"])
    _enter(form, holder, contact)
    clock.set_now(days["publicity"])
    _certify(edition, organiser)
    clock.set_now(before)


def _recommend(form: Recommendation, holder: User, clerk: User, contact: User) -> None:
    """One row, sent in, stamped, passed."""
    typed = {
        "name": holder.real_name, "phone": holder.phone, "organisation": "广州大学教育学院", "categories": ["A"],
        "track": form.edition.tracks.get(code="university"),
    }  # fmt: skip
    rows = recommending.submit_rows(form, [recommending.save_row(form, typed, by=clerk)], by=clerk)
    printed, _ = stamping.print_form(form, by=clerk)
    page = io.BytesIO()
    Image.new("L", (40, 40), 255).save(page, "png")
    upload = stamping.Upload("盖章扫描件.png", page)
    (scan,) = stamping.upload_scan(form, [upload], by=clerk, typed=stamping.code_of(printed))
    derive(scan.file)
    reviewing.approve_rows(rows, by=contact)
    claiming.issue_codes(rows, by=clerk)


def _enter(form: Recommendation, holder: User, contact: User) -> Entry:
    entry = claiming.claim_row(claiming.claimable(holder, form.edition)[0], by=holder)
    claim = eligibility.save_claim(entry, "research_team", {"link": PROOF, "statement": "学院科研团队"}, by=holder)
    texts = [text.code for text in consenting.texts_for(form.edition, "participant")]
    entering.enter(entry, by=holder, accepted=texts)
    claim.refresh_from_db()
    return verdicts.accept_claim(claim, seen=verdicts.mark(claim), by=contact)


def _certify(edition: Edition, organiser: User) -> None:
    rulebook, day = edition.rulebook, (clock.now() + timedelta(days=1)).astimezone(BEIJING).date()
    tried = Asked(edition, rulebook.certificate("volunteer"), handler="演示经办人", phone="020-00000000")
    if not certifying.plan(tried, day).problems:
        certifying.make_batch(tried, day, by=organiser)
    batch = certifying.make_batch(Asked(edition, rulebook.certificate("participation")), day, by=organiser)
    certifying.start(batch, by=organiser)
    _work()
    *_, revoked, corrected = batch.certificates.order_by("place")  # the last is the holder's, whose unit finds it too
    reprinting.reprint(corrected, reason="演示：原件遗失", by=organiser)
    reprinting.revoke(revoked, reason="演示：冒用他人作品", by=organiser)
    _work()


def _work() -> None:
    for kind in WORKERS:
        drain(kind)
