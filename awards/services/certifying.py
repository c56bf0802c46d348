"""A batch of certificates in the organiser's hands: planned, started with all its numbers, held, gone on with.

draft ──start──► running ──finish──► done          rows and numbers are written when it starts, in one transaction;
                  │  ▲  └──fail───► failed ──retry─┐  then jobs print them (`certificate_printing`)
               pause  resume                       │
                  ▼  │◄────────────────────────────┘
                 paused
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.models import StoredFile
from core.files.services import erase
from core.jobs.models import Job
from core.jobs.services import enqueue
from core.jobs.states import RUNNING, WAITING
from core.links import absolute
from core.problems import Problem, Refused, refuse_if
from core.states import move

from ..certificates.fonts import check_glyphs
from ..certificates.keys import Keys, keys
from ..certificates.rendering import Sheet
from ..models import Certificate, CertificateBatch, CertificateSeal, CertificateSeries
from ..rules.certificates import SIGNATURE, Claim, check_link, number_of, payload_of
from ..rules.certifying import Recipient, Wording, check_recipients, fingerprint, printed_for
from .certificate_lists import Asked, check_asked, listed, wording_of

PREPARE = "certificates.prepare"  # the job that begins the printing of a run
GATHER = "certificates.gather"  # the job that makes the results
RESULTS = ("merged", "archive", "register")
_INSERT = 500  # rows a statement


@dataclass(frozen=True)
class Plan:
    """A dry run (试制): who would get one, what stands against it."""

    asked: Asked
    issued_on: date
    wording: Wording
    recipients: list[Recipient]  # without those who have one
    already: int
    seal: CertificateSeal | None
    problems: list[Problem]

    @property
    def fingerprint(self) -> str:
        """Of everything that would be printed."""
        return fingerprint(self.wording, self.recipients, self.issued_on.isoformat(), str(self.seal and self.seal.pk))


def plan(asked: Asked, issued_on: date) -> Plan:
    """Look at everything, write nothing: every name, every glyph, every field of the wording."""
    wording = wording_of(asked.edition, asked.kind)
    problems = check_asked(asked)
    everybody = [] if problems else listed(asked)
    series = CertificateSeries.objects.filter(edition=asked.edition, kind=asked.kind.code).first()
    have = set(series.certificates.values_list("source", flat=True)) if series else set[str]()
    waiting = [one for one in everybody if one.source not in have]
    seal = seal_of(asked)
    if not problems:
        problems = check_recipients(wording, waiting)
    if not problems:
        problems = _check_paper(asked, wording, waiting, issued_on, series.last if series else 0)
    return Plan(asked, issued_on, wording, waiting, len(everybody) - len(waiting), seal, problems)


def seal_of(asked: Asked) -> CertificateSeal | None:
    """The picture that certificates of the kind carry now."""
    seals = CertificateSeal.objects.filter(edition=asked.edition, kind=asked.kind.code, ended_at=None)
    return seals.select_related("picture").first()


def _check_paper(asked: Asked, wording: Wording, waiting: list[Recipient], issued_on: date, last: int) -> list[Problem]:
    """Numbers that fit their digits, codes that hold their link, letters that the fonts have."""
    rule = asked.edition.rulebook.certificates
    if rule and last + len(waiting) >= 10**rule.serial_digits:
        said = f"编号只有 {rule.serial_digits} 位，已用到 {last}，不够再发 {len(waiting)} 张。请在届次规则里加大位数"
        return [Problem("certificate.digits", said)]
    problems, printed = [], []
    for one in waiting:
        made = printed_for(wording, one)
        claim = Claim(_number(asked, one, 1), one.name, made.award, issued_on)
        problems += check_link(link_of(payload_of(claim, bytes(SIGNATURE))), one.name)
        printed.append((one.name, made.words.text))
    texts = [wording.title, *wording.issuers, *wording.notes, "证书编号扫码查验"]
    return problems or check_glyphs(texts, printed)


def _number(asked: Asked, one: Recipient, serial: int) -> str:
    rulebook = asked.edition.rulebook
    rule = rulebook.certificates
    if rule is None:
        raise Refused(Problem("certificate.none", "本届规则没有写证书"))
    return number_of(rule.number_pattern, rulebook.edition.code, one.group, serial, rule.serial_digits)


def link_of(payload: str) -> str:
    """What the QR code says: it opens at once, and carries the signature."""
    return absolute(f"/verify/{payload}")


# --- The organiser's deeds ---------------------------------------------------------------------------------------


def make_batch(asked: Asked, issued_on: date, *, by: User) -> CertificateBatch:
    """Keep a plan: what the organiser has seen and may start. Raises Refused with everything that stands against it."""
    made = plan(asked, issued_on)
    refuse_if(made.problems)
    with transaction.atomic(), recorded("certificate.planned", by=by):
        return CertificateBatch.objects.create(
            edition=asked.edition, kind=asked.kind.code, award_list=asked.award_list, season=asked.season,
            handler=asked.handler.strip(), phone=asked.phone.strip(), issued_on=issued_on,
            count=len(made.recipients), fingerprint=made.fingerprint, made_at=clock.now(), made_by=by,
        )  # fmt: skip


def asked_of(batch: CertificateBatch) -> Asked:
    """What a batch was planned for."""
    return Asked(batch.edition, batch.rule, batch.award_list, batch.season, batch.handler, batch.phone)


def start(batch: CertificateBatch, *, by: User) -> CertificateBatch:
    """Give every number and write every row, at once; then the printing begins.

    Raises Refused where the list is not the one that was planned, or anything stands against it by now.
    """
    with transaction.atomic(), recorded("certificate.started", by=by):
        batch = _lock(batch)
        made = plan(asked_of(batch), batch.issued_on)
        if made.fingerprint != batch.fingerprint and batch.state == "draft":
            said = "名单、证书文字或印章在试制以后变了，没有开始制作。请重新试制一次，看过以后再开始"
            raise Refused(Problem("certificate.changed", said))
        refuse_if(made.problems)
        now = clock.now()
        move(batch, "start", started_at=now, run=1, note="")
        _write(batch, made)
        enqueue(PREPARE, f"{batch.pk}-1", {"batch": batch.pk, "run": 1})
    return batch


def _write(batch: CertificateBatch, made: Plan) -> None:
    """Rows with their numbers, in the caller's transaction: the series stays locked until it commits."""
    series, _ = CertificateSeries.objects.get_or_create(edition=batch.edition, kind=batch.kind)
    last = allocate(series, len(made.recipients))
    signing, now = keys(), clock.now()
    rows = (
        _row(batch, series, made, one, last - len(made.recipients) + place, place, signing)
        for place, one in enumerate(made.recipients, 1)
    )
    for row in (waiting := list(rows)):
        row.made_at = now
    Certificate.objects.bulk_create(waiting, batch_size=_INSERT)


def allocate(series: CertificateSeries, count: int) -> int:
    """Take the next numbers of a series: the last of them. Whoever else asks waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE awards_certificateseries SET last = last + %s WHERE id = %s RETURNING last", [count, series.pk]
        )
        (last,) = cursor.fetchone()
    return int(last)


def _row(
    batch: CertificateBatch, series: CertificateSeries, made: Plan, one: Recipient, serial: int, place: int,
    signing: Keys,
) -> Certificate:  # fmt: skip
    said = printed_for(made.wording, one)
    number = _number(made.asked, one, serial)
    claim = Claim(number, one.name, said.award, made.issued_on)
    words = said.words
    return Certificate(
        series=series, serial=serial, number=number, source=one.source, line_id=one.line, entry_id=one.entry,
        user_id=one.user, unit_id=one.unit, batch=batch, place=place, title=said.title, name=one.name,
        award=said.award, issued_on=made.issued_on,
        words=[words.salutation, words.body, words.award, words.level, words.closing],
        issuers=list(said.issuers), notes=list(said.notes), seal=made.seal, payload=signing.payload(claim),
        key=signing.id,
    )  # fmt: skip


def pause(batch: CertificateBatch, *, by: User) -> None:
    """Hold it: what is being printed is finished, nothing more is begun. Raises StaleState when it does not run."""
    with transaction.atomic(), recorded("certificate.paused", by=by):
        move(batch, "pause", note="组委会暂停")


def resume(batch: CertificateBatch, *, by: User) -> None:
    """Go on with what is not printed. Raises StaleState when it was not held."""
    with transaction.atomic(), recorded("certificate.resumed", by=by):
        _again(_lock(batch), "resume")


def retry(batch: CertificateBatch, *, by: User) -> None:
    """Try those again that could not be printed. Raises StaleState unless some could not."""
    with transaction.atomic(), recorded("certificate.retried", by=by):
        batch = _lock(batch)
        unprinted(batch).update(problem="")
        _again(batch, "retry")


def unprinted(batch: CertificateBatch) -> QuerySet[Certificate]:
    """Those that count and could not be printed."""
    return batch.certificates.valid().exclude(problem="")


def go_on_without(one: Certificate) -> None:
    """It was corrected or revoked: a batch that waited for nothing else ends. In the caller's transaction."""
    if one.batch and one.problem:
        batch = _lock(one.batch)
        if batch.state == "failed" and not unprinted(batch).exists():
            _again(batch, "retry")


def gather_again(batch: CertificateBatch, *, by: User) -> None:
    """Make the merged file, ZIP and register anew, of the versions that count now. Raises Refused while the batch is
    not done, or they are being made."""
    with transaction.atomic(), recorded("certificate.gathered", by=by):
        batch = _lock(batch)
        if batch.state != "done" or being_gathered(batch):
            raise Refused(Problem("certificate.gathered", "批次还没有做完，或者正在汇总。请稍等，做好后再重新汇总"))
        erase(forget_results([batch.pk]))
        batch.run += 1
        batch.save(update_fields=["run"])
        enqueue(GATHER, f"{batch.pk}-{batch.run}", {"batch": batch.pk})


def forget_results(batches: Iterable[int]) -> list[StoredFile]:
    """The files that hold whole batches, which no longer point at them; in the caller's transaction."""
    found = []
    for batch in CertificateBatch.objects.filter(pk__in=batches).select_related(*RESULTS):
        found += [*batch.parts.all(), *(getattr(batch, name) for name in RESULTS if getattr(batch, name))]
        batch.parts.clear()
        for name in RESULTS:
            setattr(batch, name, None)
        batch.save(update_fields=RESULTS)
    return found


def being_gathered(batch: CertificateBatch) -> bool:
    """Whether its merged file, ZIP and register are on their way."""
    jobs = Job.objects.filter(kind=GATHER, key=f"{batch.pk}-{batch.run}", state__in=(WAITING, RUNNING))
    return batch.state == "done" and jobs.exists()


def _again(batch: CertificateBatch, verb: str) -> None:
    """Another run; the jobs of the last one find that it is over."""
    run = batch.run + 1
    move(batch, verb, run=run, note="")
    enqueue(PREPARE, f"{batch.pk}-{run}", {"batch": batch.pk, "run": run})


def _lock(batch: CertificateBatch) -> CertificateBatch:
    return (
        CertificateBatch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("edition", "award_list__edition", "award_list__category", "award_list__track", "season")
        .get(pk=batch.pk)
    )


def sheet_of(one: Certificate, seal: bytes = b"") -> Sheet:
    """A row as it is printed."""
    return Sheet(
        one.title, one.printed_words, tuple(one.issuers), one.issued_on, one.number, link_of(one.payload),
        tuple(one.notes), seal,
    )  # fmt: skip
