"""A week and a day before works close: the representatives of accepted entries that have handed in none, each once."""

from datetime import datetime, timedelta

import pytest

from core import clock
from core.accounts.models import User
from core.notices.models import Notice
from registrations import tasks
from registrations.entry_models import Entry
from registrations.services import entering, work_reminders, work_verdicts, works
from registrations.work_models import Work
from tests.contest import load_guangdong
from tests.registrations import staff
from tests.registrations.entries import build as entries
from tracks.models import Edition

from . import build

pytestmark = pytest.mark.django_db
NEAR = work_reminders.NEAR


@pytest.fixture
def edition(db) -> Edition:
    return load_guangdong()


def entrant(edition: Edition, number: int = 1, **values: object) -> Entry:
    """Accepted, with a mailbox."""
    by = User.objects.create_user("胡祝何"[number % 3] + "小燕", email=f"{number}@example.test")
    return build.accepted(edition, by, **values)


def before(**left: float) -> int:
    """Whoever is told so long before the end."""
    return work_reminders.remind(build.CLOSES - timedelta(**left))


def test_each_is_told_a_week_and_a_day_before_and_once(edition):
    build.begun(entrant(edition))
    assert [before(days=days) for days in (8, 7, 6.5, 2, 1, 0.5, 0)] == [0, 1, 0, 0, 1, 0, 0]
    occasions = Notice.objects.filter(template=NEAR).order_by("pk").values_list("occasion", flat=True)
    assert list(occasions) == ["7-days-20250831", "1-days-20250831"]


def test_who_has_handed_in_or_taken_back_is_left_in_peace(edition):
    build.submitted(entrant(edition, 1))
    taken_back = build.submitted(entrant(edition, 2))
    works.withdraw_work(taken_back, by=build.leader(taken_back))
    assert before(days=7) == 0


def test_who_was_not_accepted_or_has_left_is_not_asked(edition):
    entries.entered(edition, entries.person())
    gone = entrant(edition)
    entering.withdraw_entry(gone, by=gone.people.get().user)
    assert before(days=7) == 0


def test_one_notice_names_the_categories_that_lack_a_work(edition):
    entry = entrant(edition, categories=["A", "C"])
    before(days=7)
    notice = Notice.objects.get(template=NEAR)
    assert (notice.recipient, "A " in notice.text, "C " in notice.text) == (entry.people.get().user, True, True)
    build.submitted(entry)
    before(days=1)
    told = Notice.objects.filter(template=NEAR).latest("pk").text
    assert ("A " in told, "C " in told, "2025" in told) == (False, True, False)


@pytest.fixture
def contact(edition) -> User:
    return staff.contact(edition, "worker")


def reopen(work: Work, contact: User) -> datetime:
    """A contact gives it ten days more, after it has closed."""
    clock.set_now(build.CLOSES + timedelta(days=1))
    until = build.CLOSES + timedelta(days=11)
    work_verdicts.unlock_work(work, until, by=contact, reason="系统故障")
    return until


def test_draft_that_was_opened_again_is_reminded_before_its_own_date(edition, contact):
    draft, _ = build.begun(entrant(edition, 1)), build.begun(entrant(edition, 2))
    until = reopen(draft, contact)
    assert [work_reminders.remind(until - timedelta(days=days)) for days in (8, 7, 6, 1, 0)] == [0, 1, 0, 1, 0]
    told = Notice.objects.filter(template=NEAR)
    assert {notice.recipient for notice in told} == {build.leader(draft)}
    assert [notice.occasion for notice in told.order_by("pk")] == ["7-days-20250911", "1-days-20250911"]


def test_draft_with_more_time_is_not_hurried_to_the_common_date(edition, contact):
    work = build.begun(entrant(edition))
    work_verdicts.unlock_work(work, build.CLOSES + timedelta(days=30), by=contact, reason="系统故障")
    assert [before(days=days) for days in (7, 1)] == [0, 0]


def test_work_that_was_opened_again_is_asked_for_until_it_is_handed_in(edition, contact):
    work = build.submitted(entrant(edition))
    until = reopen(work, contact)
    assert work_reminders.remind(until - timedelta(days=7)) == 1
    notice = Notice.objects.get(template=work_reminders.REOPENED)
    assert (notice.subject, notice.recipient) == (
        "还有 7 天，开放修改到期：潮间带的一天还没有重新提交", build.leader(work),
    )  # fmt: skip
    works.save_work(work, {"title": "潮间带的一夜"}, by=build.leader(work))
    build.submit(work)
    assert work_reminders.remind(until - timedelta(days=1)) == 0


def test_only_the_representative_is_told(edition):
    entry = entrant(edition, team_name="智绘科普队")
    entering.add_person(entry, entries.person("胡燕", "13800138002"), "member", name="胡燕")
    assert (before(days=7), Notice.objects.get(template=NEAR).subject) == (1, "还有 7 天截止：智绘科普队还没有提交作品")


def test_the_task_tells_once(edition):
    entrant(edition)
    clock.set_now(build.CLOSES - timedelta(days=1))
    tasks.remind(), tasks.remind()
    assert Notice.objects.filter(template=NEAR).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_looking_round_costs_the_same_for_many(edition, count, django_assert_max_num_queries):
    for number in range(count):
        entrant(edition, number)
    assert before(days=7) == count
    with django_assert_max_num_queries(12):
        assert before(days=6) == 0
