"""What a participant does with a work (作品): begin, fill in, hand in, take back. Files: `work_files`."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.database import limits_in_words
from core.prepared import Prepared
from core.problems import Problem, refuse_if
from core.states import move

from ..entry_models import Entry
from ..rules.manifest import sha256
from ..rules.places import check_window
from ..rules.works import TEXT_MAX, topic_taken
from ..work_models import AUTHOR_CHECK, ENTRY_CHECK, VersionFile, Work, WorkVersion
from . import entering
from .examining import examine_later
from .work_dossier import WorkDossier
from .work_telling import tell_submitted, tell_withdrawn

TITLE = "title"  # the material that names a work
TITLE_MAX = 200
# The database's word for each limit, as a sentence.
CHECKS = {
    ENTRY_CHECK: Problem("work.twice", "这个类别的作品已经开始填写，请刷新页面"),
    AUTHOR_CHECK: topic_taken(1),
}
CHANGED = Problem("work.changed_meanwhile", "作品在您打开这一页之后又改过，没有提交。请核对下面的内容，再提交一次")

_LOCKED = Prepared(
    1,
    lambda work: Work.objects.select_for_update(no_key=True, of=("self",)).select_related("current").filter(pk=work),
)


def begin_work(entry: Entry, category: str, *, by: User) -> Work:
    """A draft for one of the entry's categories, from the day the entry was sent in.

    Raises Refused for a category that was not entered, outside the window, and when there is one already.
    """
    with transaction.atomic(), recorded("work.begun", by=by):
        entry = entering.lock(entry)
        refuse_if(beginnable(entry, category))
        rule, now = entry.edition.rulebook.category(category), clock.now()
        once = rule.works_per_person == 1
        work = Work(entry=entry, edition=entry.edition, category=category, once=once, begun_at=now, changed_at=now)
        with limits_in_words(CHECKS):
            work.save(force_insert=True)
    return work


def beginnable(entry: Entry, category: str) -> list[Problem]:
    """Why a work cannot be begun now; nothing when it can."""
    if category not in entry.categories:
        return [Problem("work.category", "这份报名没有报这个类别")]
    if entry.state not in ("entered", "accepted"):
        return [Problem("work.entry", "报名提交之后才能填写作品；已退出或未通过的报名不能再填")]
    return check_window(entry.edition.window("submit", category), clock.now())


def save_work(work: Work, values: Mapping[str, Any], *, by: User) -> Work:
    """Keep what was typed, right or wrong.

    values: any material code of a text, `ai_used` (bool or None), `ai_<code>`, `reply`; others stay as they are.
    Raises Refused when the work has closed, and for a text that is too long to keep.
    """
    with transaction.atomic(), recorded("work.saved", by=by):
        work = lock(work)
        dossier = WorkDossier(work)
        refuse_if(dossier.closed or _too_long(values))
        _fill(dossier, values)
        work.changed_at = clock.now()
        work.save(update_fields=["fields", "title", "pinyin", "ai", "ai_used", "reply", "changed_at"])
    return work


def submit_work(work: Work, *, by: User, seen: str) -> WorkVersion:
    """Hand in the working copy as the next version.

    seen: the content's digest as the page showed it. Raises Refused with every problem found, placed at material
    codes, `ai_used`, `ai_<code>` and `reply`; nothing was written. The people get the receipt.
    """
    with transaction.atomic(), recorded("work.submitted", by=by):
        work = lock(work)
        dossier = WorkDossier(work)
        content, now = dossier.content, dossier.now
        refuse_if([CHANGED] if seen != content.digest else dossier.problems())
        number = work.versions.count() + 1
        version = WorkVersion(
            work=work,
            number=number,
            title=work.title,
            fields=dict(work.fields),
            ai_used=work.ai_used,
            ai=dict(work.ai),
            submitted_at=now,
            submitted_by=by,
            digest=content.digest,
            receipt=sha256(content.manifest(number=work.number, version=number, at=now)),
        )
        version.save(force_insert=True)
        VersionFile.objects.bulk_create(
            VersionFile(version=version, file=file, position=place) for place, file in enumerate(dossier.files)
        )
        with limits_in_words(CHECKS):
            move(work, "submit", current=version, submitted_at=now, decided_at=None, correct_until=None)
        tell_submitted(version)
        examine_later(version)
    return version


def withdraw_work(work: Work, *, by: User, reason: str = "") -> None:
    """Take a work back before its deadline; every version stays, and it can be restored as a draft."""
    with transaction.atomic(), recorded("work.withdrawn", by=by, reason=reason):
        work = lock(work)
        refuse_if(WorkDossier(work).closed)
        before = work.state
        move(work, "withdraw", correct_until=None)
        if before != "draft":
            tell_withdrawn(work, reason)


def restore_work(work: Work, *, by: User) -> None:
    """Make a draft again of a work that was taken back."""
    with transaction.atomic(), recorded("work.restored", by=by):
        work = lock(work)
        refuse_if(beginnable(work.entry, work.category) if not work.unlocked_until else [])
        move(work, "restore", decided_at=None, review_note="")


def lock(work: Work) -> Work:
    """The work as it now stands, locked until the transaction ends, after its entry."""
    at_hand = Work.entry.is_cached(work)  # with the request's edition, perhaps
    entry = entering.lock(work.entry if at_hand else Entry(pk=work.entry_id))
    found = _LOCKED.get(work.pk)
    found.entry, found.edition = entry, entry.edition
    return found


def _fill(dossier: WorkDossier, values: Mapping[str, Any]) -> None:
    work = dossier.work
    typed = {m.code: values[m.code] for m in dossier.texts if m.code in values}
    said = {code: values[f"ai_{code}"] for code in dossier.asked_of_ai if f"ai_{code}" in values}
    work.fields = {**work.fields, **typed}
    work.ai = {**work.ai, **said}
    work.title = " ".join(work.fields.get(TITLE, "").split())[:TITLE_MAX]
    if "ai_used" in values:
        work.ai_used = values["ai_used"]
    work.reply = values.get("reply", work.reply)


def _too_long(values: Mapping[str, Any]) -> list[Problem]:
    """Cutting a text would lose what was typed."""
    over = {code: len(said) - TEXT_MAX for code, said in values.items() if isinstance(said, str)}
    most = {code: extra for code, extra in over.items() if extra > 0}
    problems = [
        Problem("work.long", f"超出 {extra} 个字，最多保存 {TEXT_MAX} 个字", code) for code, extra in most.items()
    ]
    if len(values.get("reply", "")) > 500:
        problems.append(Problem("work.long", "补正说明最多 500 个字", "reply"))
    return problems
