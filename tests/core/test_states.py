"""One way to move, also for many at once."""

import pytest

from core.accounts.models import User
from core.notices.models import Notice
from core.notices.services import notify
from core.states import StaleState, move, move_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def notices() -> list[Notice]:
    user = User.objects.create_user("收件人", email="one@example.org")
    return [notify(user, "trial", about=user, occasion=f"{n}", link="") for n in range(3)]


def stored() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("state", flat=True))


def test_many_move_in_one_statement(notices, django_assert_num_queries):
    with django_assert_num_queries(3):  # a savepoint around it
        move_all(notices, "begin", attempts=1)
    assert (stored(), [one.state for one in notices], notices[0].attempts) == (["sending"] * 3, ["sending"] * 3, 1)


def test_all_of_them_or_none(notices):
    move(notices[1], "begin")
    with pytest.raises(StaleState):
        move_all(notices, "begin")
    assert stored() == ["queued", "sending", "queued"]


def test_none_are_moved_without_a_word_to_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        move_all([], "begin")
