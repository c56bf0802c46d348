"""One certificate after its batch: printed again under the same number as the next version, or revoked."""

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.kinds import PDF
from core.files.made import keep_made
from core.jobs.services import enqueue
from core.problems import Problem, Refused, refuse_if
from core.states import StaleState, move

from ..certificates.fonts import check_glyphs
from ..certificates.keys import keys
from ..certificates.rendering import CertificatePress
from ..models import Certificate
from ..rules.certificates import Claim, check_link
from ..rules.certifying import Printed, Recipient, check_recipients, printed_for
from . import handing_out
from .certificate_lists import listed, wording_of
from .certificate_printing import FOLDER, sealed_sheet
from .certifying import asked_of, go_on_without, link_of, seal_of, sheet_of

REPRINT = "certificate.reprint"  # the job
NO_REASON = Problem("reason.missing", "请写明理由，会记入办理记录；查验页会说明状态", "reason")


def reprint(one: Certificate, *, reason: str, by: User) -> Certificate:
    """The next version, from what the tables say now: the same number, source and date; its file is made by a job.

    One that could not be printed is corrected so, and its batch goes on. Raises Refused for a revoked one, one that is
    being made or was reprinted meanwhile, or without a reason.
    """
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("certificate.reprinted", by=by, reason=reason.strip()):
        one = _lock(one)
        if one.state == "revoked":
            said = "这张证书已撤销，不能重印。撤销有误的，请另行公布更正，再由技术人员处理"
            raise Refused(Problem("certificate.revoked", said))
        if one.state != "valid":
            raise StaleState(one.get_state_display())
        if not (one.file or one.problem or one.erased_at):
            raise Refused(Problem("certificate.unprinted", "这一版还没有制作完成，完成以后才能重印"))
        new = _next(one)
        move(one, "correct", reason=reason.strip()[:300], ended_at=clock.now())
        new.save(force_insert=True)
        enqueue(REPRINT, str(new.pk), {"certificate": new.pk})
        go_on_without(one)
    return new


def _next(one: Certificate) -> Certificate:
    """What the list says of the same thing now. Raises Refused where it says nothing, or cannot be printed."""
    batch = Certificate.objects.select_related("batch__edition", "batch__award_list", "batch__season").get(
        series=one.series_id, serial=one.serial, version=1
    ).batch  # fmt: skip
    if batch is None:
        raise Refused(Problem("certificate.no_batch", "这张证书不是成批制作的，不能重印"))
    asked = asked_of(batch)
    wording = wording_of(asked.edition, asked.kind)
    found = [recipient for recipient in listed(asked) if recipient.source == one.source]
    if not found:
        raise Refused(Problem("certificate.not_listed", "名单上已经没有这一项，不能重印；不该再有效的请撤销"))
    refuse_if(check_recipients(wording, found))
    made = _made(one, found[0], printed_for(wording, found[0]))
    made.seal = seal_of(asked)
    refuse_if(check_link(link_of(made.payload), made.name) + check_glyphs([sheet_of(made).text]))
    return made


def _made(one: Certificate, found: Recipient, printed: Printed) -> Certificate:
    words, signing = printed.words, keys()
    payload = signing.payload(Claim(one.number, found.name, printed.award, one.issued_on))
    return Certificate(
        series=one.series, serial=one.serial, number=one.number, version=one.version + 1, source=one.source,
        line_id=found.line, entry_id=found.entry, user_id=found.user, unit_id=found.unit, place=one.place,
        title=printed.title, name=found.name, award=printed.award, issued_on=one.issued_on,
        words=[words.salutation, words.body, words.award, words.level, words.closing],
        issuers=list(printed.issuers), notes=list(printed.notes), payload=payload, key=signing.id, made_at=clock.now(),
    )  # fmt: skip


def print_one(pk: int) -> None:
    """Print a version that came by itself, with fonts cut for it; harmless when it is there. In the caller's
    transaction. What cannot be laid out says so in its row."""
    rows = Certificate.objects.filter(pk=pk, file=None, state="valid", erased_at=None).select_related("seal__picture")
    row = rows.select_for_update(no_key=True, of=("self",)).first()
    if row is None:
        return
    try:
        sheet = sealed_sheet(row)
        row.file = keep_made(CertificatePress.of([sheet]).pdf(sheet), name=row.file_name, kind=PDF, folder=FOLDER)
        row.problem = ""
    except Refused as refused:
        row.problem = str(refused)[:300]
    with recorded("certificate.printed", by=None):
        row.save(update_fields=["file", "problem"])
    if row.file and row.version > 1:
        handing_out.tell_reprinted(row)


def revoke(one: Certificate, *, reason: str, by: User) -> None:
    """It counts no more, for ever; its holder is told, and whoever verifies it. Raises Refused without a reason,
    StaleState when it was revoked or is not the latest version."""
    refuse_if([] if reason.strip() else [NO_REASON])
    with transaction.atomic(), recorded("certificate.revoked", by=by, reason=reason.strip()):
        one = _lock(one)
        move(one, "revoke", reason=reason.strip()[:300], ended_at=clock.now())
        handing_out.tell_revoked(one)
        go_on_without(one)


def _lock(one: Certificate) -> Certificate:
    found = Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("series__edition")
    return found.get(pk=one.pk)
