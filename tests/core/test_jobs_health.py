"""Slots are taken once; a silent beat is noticed while the portal goes on serving."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.db import connection, transaction
from django.urls import reverse

from core.jobs.health import examine
from core.jobs.models import Heartbeat, Job, Tick
from core.jobs.registry import handlers
from core.jobs.tasks import sweep
from core.jobs.ticks import seen, silence, take_slot, tidy
from core.notices import services as notices
from tests.registrations.staff import organiser, signed_in

DAY = timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_take_each_slot_once():
    def beat(_: int) -> list[bool]:
        try:
            return [take_slot(f"task-{number}", DAY) for number in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(beat, range(4)))
    assert ([sum(slot) for slot in zip(*taken, strict=True)], Tick.objects.count()) == ([1] * 20, 20)


@pytest.mark.django_db
def test_a_slot_goes_with_its_effect():
    with transaction.atomic():
        assert take_slot("remind", DAY)
        transaction.set_rollback(True)
    assert (take_slot("remind", DAY), take_slot("remind", DAY)) == (True, False)


@pytest.mark.django_db
def test_a_day_begins_at_midnight_in_beijing():
    take_slot("remind", DAY)
    assert Tick.objects.get().slot.strftime("%H:%M") == "16:00"  # UTC


@pytest.mark.django_db
def test_old_slots_are_forgotten():
    take_slot("new", DAY)
    Tick.objects.create(task="old", slot="2020-01-01T00:00+08:00")
    tidy()
    assert [tick.task for tick in Tick.objects.all()] == ["new"]


@pytest.mark.django_db
def test_sweep_shows_that_a_worker_lives():
    sweep()
    assert (silence("worker") or DAY) < timedelta(seconds=5)


@pytest.mark.django_db
def test_all_is_well(client):
    seen("beat")
    seen("worker")
    assert examine()["status"] == "ok"
    assert [client.get(reverse(name)).status_code for name in ("healthz", "healthz_alarm")] == [200, 200]


@pytest.mark.django_db
def test_a_beat_silent_for_two_minutes_raises_the_alarm_only(client):
    seen("worker")
    seen("beat")
    Heartbeat.objects.filter(name="beat").update(at="2024-01-01T00:00+08:00")
    assert [client.get(reverse(name)).status_code for name in ("healthz", "healthz_alarm")] == [200, 503]
    assert examine()["checks"]["beat"]["status"] == "degraded"


@pytest.mark.django_db
def test_dead_redis_degrades_only(client, settings):
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    response = client.get(reverse("healthz"))
    assert (response.status_code, response.json()["checks"]["redis"]["status"]) == (200, "degraded")
    assert b"secret" not in response.content


@pytest.mark.django_db
def test_dead_jobs_are_told():
    job = Job.objects.create(kind="test.x", key="1")
    Job.objects.filter(pk=job.pk).update(state="dead")
    assert examine()["checks"]["jobs"] == {"status": "degraded", "detail": "1 dead, 0 late"}


def test_every_kind_of_work_has_a_chinese_name():
    """Staff read names, not codes."""
    ours = {kind: one.label for kind, one in handlers.items() if not kind.startswith("test.")}
    assert [kind for kind, label in ours.items() if label.isascii()] == []


@pytest.mark.django_db
def test_a_page_of_a_job_tells_its_name():
    job = Job.objects.create(kind=notices.JOB, key="7")
    page = signed_in(organiser()).get(reverse("admin:jobs_job_change", args=[job.pk])).content.decode()
    assert (str(job), "发送通知" in page, notices.JOB in page) == ("发送通知 7", True, False)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("", ""),
        ("Refused: 服务器的存储空间满了", "服务器的存储空间满了"),
        ("OSError: [Errno 28]", "程序出错，会自动再试"),
    ],
)
def test_an_error_is_told_in_words(error, told):
    said = site.get_model_admin(Job).show_error(Job(last_error=error))
    assert (said.startswith(told), "Err" in said) == (True, False)
