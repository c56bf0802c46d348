"""A question about a line of the passbook, and the contact's answer (积分异议)."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.links import link_to
from core.notices.services import notify
from core.problems import Problem, Refused, refuse_if
from core.states import move
from registrations.services.dossier import title_of
from registrations.services.entering import lock as lock_entry
from registrations.services.telling import tell_contacts

from ..models import Dispute, PointEntry
from . import posting, reviewing

WORDS_MAX = 300
OPEN = Problem("dispute.open", "这一笔的异议正在处理，请等答复")


def last_moment(line: PointEntry) -> datetime | None:
    """Until when the line can be disputed, exclusive; None where the edition sets no term."""
    points = line.entry.edition.rulebook.points
    return line.posted_at + timedelta(days=points.dispute_days) if points else None


def check_disputable(line: PointEntry, now: datetime) -> list[Problem]:
    """Why the line cannot be disputed now; nothing when it can."""
    if line.reverses_id or PointEntry.objects.filter(reverses=line).exists():
        return [Problem("dispute.reversed", "这一笔已经冲正，不用再提异议")]
    last = last_moment(line)
    if last and now >= last:
        days = line.entry.edition.rulebook.points
        return [Problem("dispute.late", f"入账 {days.dispute_days if days else 0} 天内可以提异议，现在已过期限")]
    return [OPEN] if line.disputes.filter(state="asked").exists() else []


def ask(line: PointEntry, words: str, *, by: User) -> Dispute:
    """Dispute a line. Raises Refused without words, after the term, and while one is open."""
    if not words.strip():
        raise Refused(Problem("dispute.words", "请写明哪里不对、应当是多少", "words"))
    if len(words.strip()) > WORDS_MAX:
        raise Refused(Problem("dispute.too_long", f"最多 {WORDS_MAX} 个字，请缩短", "words"))
    with transaction.atomic(), recorded("points.disputed", by=by):
        entry = lock_entry(line.entry)
        refuse_if(check_disputable(line, now := clock.now()))
        try:
            with transaction.atomic():
                dispute = Dispute.objects.create(line=line, words=words.strip(), by=by, asked_at=now)
        except IntegrityError as error:
            raise Refused(OPEN) from error
        page = link_to("admin:seasons_dispute_change", dispute.pk)
        said = {"entrant": title_of(entry), "line": line.said, "words": dispute.words, "link": page}
        tell_contacts(entry.track, "dispute-arrived", dispute, "asked", **said)
    return dispute


def answer(dispute: Dispute, words: str, *, correct: bool, by: User) -> Dispute:
    """Keep the line, or correct it: then its fact is void and its lines are reversed; a record waits to be judged anew.

    Raises Refused without words, StaleState when it was answered before.
    """
    if not words.strip():
        raise Refused(Problem("dispute.answer", "请写答复，参赛者要看", "answer"))
    if len(words.strip()) > WORDS_MAX:
        raise Refused(Problem("dispute.too_long", f"最多 {WORDS_MAX} 个字，请缩短", "answer"))
    with transaction.atomic(), recorded("points.answered", by=by, reason=words.strip()):
        line = dispute.line
        lock_entry(line.entry)
        verb, now = "correct" if correct else "keep", clock.now()
        move(dispute, verb, answer=words.strip(), answered_at=now, answered_by=by)
        if correct:
            fact = line.fact
            why = f"异议成立：{words.strip()}"
            if fact.record and fact.record.state == "passed":
                reviewing.reconsider(fact.record, reason=why, by=by)
            else:
                posting.void(fact, reason=why, decider=by)
        _tell(dispute)
    return dispute


def _tell(dispute: Dispute) -> None:
    line = dispute.line
    said = {"line": line.said, "answer": dispute.answer, "corrected": dispute.state == "corrected"}
    link = link_to("passbook", entry=line.entry_id)
    notify(dispute.by, "dispute-answered", about=dispute, occasion="answered", link=link, **said)
