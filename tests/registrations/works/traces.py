"""How each service about works is called, for `tests/test_traces.py`; each takes the test's Stage."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from core import clock
from registrations.services import anonymising, work_files, work_verdicts, works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import Work
from tests.core import good_files

from . import build

Case = tuple[str, Callable[[Any], Callable[..., Any]]]


def entry(stage: Any) -> Any:
    """An accepted one of the stage's person."""
    return build.accepted(stage.edition, stage.person)


def handed_in(stage: Any) -> Work:
    """A work before the contact."""
    return build.submitted(entry(stage))


def filled(stage: Any) -> Work:
    """A draft that lacks nothing."""
    return build.filled(entry(stage))


def two_files(stage: Any) -> Any:
    """The second file of a work."""
    return build.put(filled(stage), good_files.png(label="二"), "二.png")


def deciding(service: Any, **more: Any) -> Callable[[Any], Callable[..., Any]]:
    """A verdict upon a work as it was seen."""

    def prepare(stage: Any) -> Callable[..., Any]:
        work = handed_in(stage)
        return partial(service, work, seen=work_verdicts.mark(work), **more)

    return prepare


def passing(stage: Any) -> Callable[..., Any]:
    """Several at once."""
    work = handed_in(stage)
    return partial(work_verdicts.pass_works, {work: work_verdicts.mark(work)})


def passed(stage: Any) -> Work:
    """One that has passed."""
    work = handed_in(stage)
    return work_verdicts.pass_work(work, seen=work_verdicts.mark(work), by=stage.person)


def until() -> Any:
    """A week from now."""
    return clock.now() + timedelta(days=7)


def asked(stage: Any) -> Work:
    """One whose copy without names is wanted."""
    work = handed_in(stage)
    work_verdicts.ask_anonymous(work, until(), note="片头有姓名", by=stage.person)
    return build.fresh(work)


def rewritten(stage: Any) -> Work:
    """The same with another text."""
    work = asked(stage)
    anonymising.save_anonymous(work, {"title": "潮间带"}, by=stage.person)
    return build.fresh(work)


def taken_back(stage: Any) -> Work:
    """One that was withdrawn."""
    work = handed_in(stage)
    works.withdraw_work(work, by=stage.person)
    return build.fresh(work)


def submitting(stage: Any) -> Callable[..., Any]:
    """As the page shows it."""
    work = filled(stage)
    return partial(works.submit_work, work, seen=WorkDossier(work).content.digest)


def adding(stage: Any) -> Callable[..., Any]:
    """A further file."""
    work = filled(stage)
    stored = build.kept(good_files.png(label="三"), "三.png", stage.person)
    return partial(work_files.add_file, work, "images", stored)


CASES: dict[Callable[..., Any], Case] = {
    works.begin_work: ("work.begun", lambda s: partial(works.begin_work, entry(s), "A")),
    works.save_work: ("work.saved", lambda s: partial(works.save_work, build.begun(entry(s)), {"title": "潮间带"})),
    works.submit_work: ("work.submitted", submitting),
    works.withdraw_work: ("work.withdrawn", lambda s: partial(works.withdraw_work, handed_in(s))),
    works.restore_work: ("work.restored", lambda s: partial(works.restore_work, taken_back(s))),
    work_files.add_file: ("work.file_added", adding),
    work_files.remove_file: ("work.file_removed", lambda s: partial(work_files.remove_file, two_files(s))),
    work_files.move_file: ("work.file_moved", lambda s: partial(work_files.move_file, two_files(s), up=True)),
    work_verdicts.pass_work: ("work.passed", deciding(work_verdicts.pass_work)),
    work_verdicts.pass_works: ("work.passed", passing),
    work_verdicts.return_work: ("work.returned", deciding(work_verdicts.return_work, reason="有校名")),
    work_verdicts.reject_work: ("work.rejected", deciding(work_verdicts.reject_work, reason="不是原创")),
    work_verdicts.reconsider_work: (
        "work.reconsidered",
        lambda s: partial(work_verdicts.reconsider_work, passed(s), reason="点错了"),
    ),
    work_verdicts.unlock_work: (
        "work.unlocked",
        lambda s: partial(work_verdicts.unlock_work, handed_in(s), build.CLOSES + timedelta(days=7), reason="系统故障"),
    ),
    work_verdicts.ask_anonymous: (
        "work.anonymous_asked",
        lambda s: partial(work_verdicts.ask_anonymous, handed_in(s), until(), note="片头有姓名"),
    ),
    anonymising.save_anonymous: (
        "work.anonymous_saved",
        lambda s: partial(anonymising.save_anonymous, asked(s), {"title": "潮间带"}),
    ),
    anonymising.give_anonymous: ("work.anonymous_given", lambda s: partial(anonymising.give_anonymous, rewritten(s))),
}
