"""Several processes rehearse together: each deed once, and the same whoever does it; and where a rehearsal may end."""

import os

import pytest

from aisc_portal.rehearsal import CALENDAR, ENDS, opening, until
from aisc_portal.rehearsal.hands import FEW, apart
from aisc_portal.rehearsal.scene import Scene
from core.accounts.models import User
from core.jobs.models import Heartbeat
from core.jobs.registry import handler, handlers
from core.jobs.services import enqueue


def acted(hands: int) -> Scene:
    """Everybody leaves a row with their own luck in it."""
    scene = Scene(1, 7, hands=hands)

    def deed(user: User) -> None:
        luck = scene.people.name(), scene.people.phone((), user.real_name), scene.people.chance.random()
        scene.counts[f"{user.pk} {luck}"] += 1
        scene.expect(user.pk % 2 == 0, f"{user.pk}")
        Heartbeat.objects.create(name=f"{hands}-{user.pk}")

    scene.each(User.objects.order_by("pk"), deed)
    return scene


@pytest.mark.django_db(transaction=True)
def test_two_processes_do_what_one_does() -> None:
    people = [User.objects.create_user("张三", email=f"u{number}@example.test") for number in range(FEW + 6)]
    one, two = acted(1), acted(2)
    assert (one.counts, sorted(one.surprises)) == (two.counts, sorted(two.surprises))
    assert (Heartbeat.objects.count(), len(one.counts)) == (2 * len(people), len(people))


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_each_job_once() -> None:
    @handler("test.hands")
    def run(key: str, payload: dict[str, object]) -> None:
        Heartbeat.objects.create(name=key)  # a second one of this name is refused

    for number in range(FEW + 6):
        enqueue("test.hands", str(number))
    Scene(1, 7, hands=2).deliver()
    del handlers["test.hands"]
    assert Heartbeat.objects.count() == FEW + 6


@pytest.mark.django_db(transaction=True)
def test_a_process_that_fails_is_noticed(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="中断"):
        apart([os.getpid, lambda: 1 // 0])
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_rehearsal_ends_with_its_part() -> None:
    assert until("units")[-1] == ("2024-12-09 08:00", opening.join_late)
    assert [until(part)[-1][1] for part in ENDS] == list(ENDS.values())
    assert until("certificates") == CALENDAR
