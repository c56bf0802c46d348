"""Works at the same moment: two tabs that hand in different content; two teams with one person on one topic (N21)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import pytest
from django.db import transaction

from aisc_portal import editions
from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from core.problems import Refused
from core.states import move
from registrations.entry_models import Member
from registrations.services import works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import AUTHOR_CHECK, Work, WorkAuthor, WorkVersion
from tests.contest import GUANGDONG, load_guangdong
from tests.registrations.entries import build as entries
from tests.registrations.owner import as_owner
from tests.registrations.racing import broken, race, told, wait_for_waiting
from tracks.models import Edition

from . import build

pytestmark = pytest.mark.django_db(transaction=True)


# --- Two tabs -----------------------------------------------------------------------------------------------


def hands_in(work: Work, title: str) -> WorkVersion:
    """One tab: what was typed there is kept, and handed in as this tab shows it."""
    by = build.leader(work)
    works.save_work(build.fresh(work), {"title": title}, by=by)
    return works.submit_work(build.fresh(work), by=by, seen=WorkDossier(build.fresh(work)).content.digest)


def submits(work: Work, seen: str) -> WorkVersion:
    """The button of a tab."""
    return works.submit_work(build.fresh(work), by=build.leader(work), seen=seen)


def test_two_tabs_with_different_content_each_hand_in_what_they_show():
    """However they come between each other: every version is what its tab showed, numbered without a gap."""
    work = build.filled(build.accepted(load_guangdong()))
    outcomes = race(*[partial(hands_in, work, f"潮间带第 {number} 夜") for number in range(4)])
    versions = list(work.versions.order_by("number"))
    assert set(told(outcomes)) <= {"ok", "work.changed_meanwhile", "work.unchanged"}
    assert [version.number for version in versions] == list(range(1, told(outcomes)["ok"] + 1))
    assert {v.title for v in versions} == {o.title for o in outcomes if isinstance(o, WorkVersion)}
    assert (build.fresh(work).current, broken()) == (versions[-1], [])


def test_one_button_in_two_tabs_hands_in_once():
    work = build.filled(build.accepted(load_guangdong()))
    seen = WorkDossier(work).content.digest
    outcomes = told(race(*[partial(submits, work, seen)] * 4))
    assert (outcomes, work.versions.count()) == ({"ok": 1, "work.unchanged": 3}, 1)


def test_without_the_lock_two_tabs_take_the_same_number(monkeypatch):
    """The guard removed: both count the versions before either has written; one meets an error that is no refusal."""
    work = build.filled(build.accepted(load_guangdong()))
    seen, both = WorkDossier(work).content.digest, threading.Barrier(2)

    def read_without_lock(work: Work) -> Work:
        found = build.fresh(work)
        both.wait(timeout=60)
        return found

    monkeypatch.setattr(works, "lock", read_without_lock)
    outcomes = told(race(*[partial(submits, work, seen)] * 2))
    assert [(name.partition(":")[0], count) for name, count in outcomes.items()] == [("IntegrityError", 1), ("ok", 1)]


def test_a_tab_that_does_not_say_what_it_shows_hands_in_the_others_words():
    """The other guard removed: without `seen`, the first tab's button hands in what the second typed."""
    work = build.filled(build.accepted(load_guangdong()))
    shown = WorkDossier(work).content.digest
    works.save_work(work, {"title": "另一页改的"}, by=build.leader(work))
    assert told([*race(partial(submits, work, shown))]) == {"work.changed_meanwhile": 1}
    blind = submits(work, WorkDossier(build.fresh(work)).content.digest)
    assert (blind.title, blind.digest == shown) == ("另一页改的", False)


# --- One topic, two teams -----------------------------------------------------------------------------------

STUDYING = datetime(2024, 7, 1, 10, tzinfo=BEIJING)
TYPED = {"title": "会认五禽戏的小车", "description": "用姿态识别带动机械臂，学做五禽戏。", "ai_used": True}


def national() -> Edition:
    """The second notice: each student one work of a topic, over all teams (N21)."""
    editions.load((GUANGDONG.parent / "national-2024.toml").read_text(encoding="utf-8"))
    clock.set_now(STUDYING)
    return Edition.objects.get(slug="national-2024")


def team(edition: Edition, name: str, number: int, both: User) -> Work:
    """An accepted team's draft that lacks nothing; `both` is in it, past the rule that they be in one team only."""
    by = entries.person(name, f"1380013803{number}")
    entry = entries.draft(edition, by, "student", team_name=f"{name}队", categories=["engineering"])
    joined = {"role": "member", "name": both.real_name, "joined_at": clock.now(), "scope": f"past the rule {number}"}
    Member.objects.create(entry=entry, edition=edition, user=both, **joined)
    entry.refresh_from_db()
    move(entry, "enter", entered_at=clock.now())
    move(entry, "accept")
    work = build.begun(entry, "engineering")
    return works.save_work(work, TYPED, by=by)


@pytest.fixture
def two_teams(transactional_db) -> list[Work]:
    edition, both = national(), entries.person("何燕", "13800138039")
    return [team(edition, name, number, both) for number, name in enumerate(("李明", "胡燕"), start=1)]


def test_second_team_waits_for_the_first_and_is_told(two_teams):
    """Its own look found the topic free; the database knows better (N21)."""
    first, second = two_teams
    with ThreadPoolExecutor(1) as aside:
        with transaction.atomic():
            build.submit(first)
            other = aside.submit(race, partial(build.submit, second))
            wait_for_waiting(1)
        outcomes = told(other.result(timeout=60))
    assert (outcomes, build.fresh(second).state) == ({"work.topic_taken": 1}, "draft")
    assert (WorkAuthor.objects.filter(user__real_name="何燕").count(), second.versions.count()) == (1, 0)


def test_withdrawing_frees_the_topic_for_the_other(two_teams):
    first, second = two_teams
    build.submit(first)
    with pytest.raises(Refused) as taken:
        build.submit(second)
    works.withdraw_work(build.fresh(first), by=build.leader(first))
    assert (taken.value.codes, build.submit(second).number) == (["work.topic_taken"], 1)


def test_without_the_key_both_teams_hand_in(two_teams):
    """The guard removed: each finds the topic free, and one student has two works of it."""
    as_owner(f"DROP INDEX {AUTHOR_CHECK}")
    both = threading.Barrier(2)

    def hands_in_slowly(work: Work) -> None:
        with transaction.atomic():
            build.submit(work)
            both.wait(timeout=60)

    assert told(race(*[partial(hands_in_slowly, work) for work in two_teams])) == {"ok": 2}
    assert WorkAuthor.objects.filter(user__real_name="何燕", category="engineering").count() == 2
