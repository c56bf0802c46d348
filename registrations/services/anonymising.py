"""The copy without names for blind judging (匿名版): given when asked for; what a judge is shown of a work."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.notices.occasions import occasion_of
from core.problems import Problem, refuse_if
from tracks.rulebook.works import Material

from ..work_models import Work, WorkFile
from .telling import tell_contacts
from .work_dossier import WorkDossier, files_of
from .work_files import anonymising
from .work_telling import said_of
from .works import lock


@dataclass(frozen=True)
class Blind:
    """What judges see in a blind round: texts by material, and each file in its copy where there is one."""

    fields: dict[str, str]
    files: list[WorkFile]


def save_anonymous(work: Work, fields: Mapping[str, str], *, by: User) -> None:
    """Keep texts without names, right or wrong; materials that are not named stay as they are."""
    with transaction.atomic(), recorded("work.anonymous_saved", by=by):
        work = lock(work)
        refuse_if(anonymising(work))
        known = {material.code for material in WorkDossier(work).texts}
        work.anonymous_fields = {**work.anonymous_fields, **{c: said for c, said in fields.items() if c in known}}
        work.anonymous_saved_at = clock.now()
        work.save(update_fields=["anonymous_fields", "anonymous_saved_at"])


def give_anonymous(work: Work, *, by: User) -> None:
    """The copy is complete; the contacts are told. Raises Refused when nothing in it differs from the original."""
    with transaction.atomic(), recorded("work.anonymous_given", by=by):
        work = lock(work)
        refuse_if(anonymising(work) or _lacking(WorkDossier(work)))
        work.anonymous_given_at = clock.now()
        work.save(update_fields=["anonymous_given_at"])
        occasion = occasion_of(work.anonymous_given_at)
        tell_contacts(work.entry.track, "work-anonymous-given", work, occasion, **said_of(work))


def copies_of(work: Work, dossier: WorkDossier | None = None) -> dict[int, WorkFile]:
    """The copies in force: original's key → copy. dossier: the work's own, where it has been read."""
    copies = (dossier or WorkDossier(work)).copies
    return {copy.anonymous_of_id: copy for copy in copies if copy.anonymous_of_id}


def blind(work: Work) -> Blind:
    """The version that counts as judges of a blind round see it."""
    if work.current is None:
        return Blind({}, [])
    copies = copies_of(work)
    files = [copies.get(one.file_id, one.file) for one in files_of(work.current)]
    return Blind({**work.current.fields, **{c: said for c, said in work.anonymous_fields.items() if said}}, files)


def texts_of(dossier: WorkDossier) -> list[Material]:
    """The texts that judges read, which may hold a name."""
    return [material for material in dossier.texts if material.kind == "text" and material.public]


def _lacking(dossier: WorkDossier) -> list[Problem]:
    """What stands against giving it: nothing in it, a copy on its way, one that its check or its material refuses."""
    work = dossier.work
    current = work.current.fields if work.current else {}
    rewritten = any(said and said != current.get(code, "") for code, said in work.anonymous_fields.items())
    if not (rewritten or dossier.copies or dossier.copies_coming):
        return [Problem("anonymous.nothing", "还没有改过的文字，也没有匿名版文件。请先替换，再提交匿名版")]
    problems = []
    for upload in dossier.copies_coming:
        words = f"“{upload.name}”还没有传完（{upload.percent}%）。请传完，或者取消这个文件"
        problems.append(Problem("upload.open", words, f"copy-{upload.purpose.rpartition(':')[2]}"))
    for copy in dossier.copies:
        problems += [p.at(f"copy-{copy.anonymous_of_id}") for p in dossier.file_problems(copy) if p.blocks]
    return problems
