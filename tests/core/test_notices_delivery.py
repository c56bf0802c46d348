"""Mail servers that refuse, stall and drop; workers killed in the middle (R8)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from core.accounts.models import User
from core.jobs.models import Job
from core.jobs.services import drain
from core.links import absolute
from core.notices import services
from core.notices.models import Notice
from core.notices.registry import Kind, kinds, register
from core.notices.services import attention, notify, resend
from tests.core.smtp_sink import SMTP, Sink, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("张三", email="clerk@example.org")


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """The sink, and Django's own SMTP backend pointed at it."""
    with running() as sink:
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = SMTP, 2
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


@pytest.fixture
def unsafe(monkeypatch) -> None:
    """The trial notice as a kind that must not go out twice by itself."""
    kind = kinds["trial"]
    monkeypatch.setitem(kinds, "trial", Kind(kind.name, kind.label, kind.sample, safe_to_repeat=False))


def written(to: User, occasion: str = "") -> Notice:
    return notify(to, "trial", about=to, occasion=occasion, link=absolute("/"))


def ripen() -> None:
    """Let waiting jobs be due and leases run out."""
    Job.objects.filter(state="waiting").update(not_before=Now() - timedelta(seconds=1))
    Job.objects.filter(state="running").update(lease_until=Now() - timedelta(seconds=1))


def fate(notice: Notice) -> tuple[str, int]:
    """(state, attempts) after one round of the worker."""
    ripen()
    drain(services.JOB)
    notice.refresh_from_db()
    return notice.state, notice.attempts


def test_accepted(clerk, sink: Sink):
    notice = written(clerk)
    assert (fate(notice), len(sink.taken)) == (("sent", 1), 1)
    assert notice.message_id.encode() in sink.taken[0]


@pytest.mark.parametrize(
    "behaviour", ["mail 451 busy", "rcpt 450 greylisted", "data 452 full", "end 421 later", "drop-at-rcpt"]
)
def test_a_passing_trouble_is_tried_again(clerk, sink: Sink, behaviour):
    sink.behaviour = behaviour
    notice = written(clerk)
    assert fate(notice) == ("queued", 1)
    sink.behaviour = "accept"
    assert fate(notice) == ("sent", 2)


@pytest.mark.parametrize("behaviour", ["mail 550 no", "rcpt 550 no such user", "end 554 spam"])
def test_a_refusal_is_final(clerk, sink: Sink, behaviour):
    sink.behaviour = behaviour
    notice = written(clerk)
    assert (fate(notice), fate(notice), notice.last_error) == (("failed", 1), ("failed", 1), behaviour.split(" ", 1)[1])


def test_no_server_is_tried_again_and_at_last_failed(clerk, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP, "127.0.0.1", 1
    notice = written(clerk)
    assert [fate(notice)[0] for _ in range(services.MAX_ATTEMPTS)] == ["queued"] * 7 + ["failed"]
    assert Job.objects.get().state == "done"


@pytest.mark.parametrize("behaviour", ["drop", "stall"])
def test_dropped_after_data_is_unknown_listed_and_not_repeated(clerk, sink: Sink, unsafe, behaviour):
    sink.behaviour = behaviour
    notice = written(clerk)
    assert (fate(notice), fate(notice), len(sink.taken)) == (("unknown", 1), ("unknown", 1), 1)
    assert attention() == {"failed": 0, "unknown": 1}


def test_a_person_resends_a_doubtful_one_under_the_same_message_id(clerk, sink: Sink, unsafe):
    sink.behaviour = "drop"
    notice = written(clerk)
    fate(notice)
    sink.behaviour = "accept"
    before = notice.message_id
    resend(notice, by=clerk)
    assert (fate(notice), notice.message_id) == (("sent", 1), before)


def test_a_safe_kind_is_repeated_once_under_the_same_message_id(clerk, sink: Sink):
    sink.behaviour = "drop"
    notice = written(clerk)
    assert [fate(notice) for _ in range(3)] == [("queued", 1), ("unknown", 2), ("unknown", 2)]
    assert [notice.message_id.encode() in message for message in sink.taken] == [True, True]


def test_a_failing_quit_does_not_undo_an_accepted_mail(clerk, sink: Sink):
    sink.behaviour = "no-quit"
    assert (fate(written(clerk)), len(sink.taken)) == (("sent", 1), 1)


def test_a_worker_killed_while_sending_leaves_it_unknown_and_not_doubled(clerk, sink: Sink, unsafe):
    sink.behaviour = "stall"
    notice = written(clerk)
    mail_to = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "EMAIL_BACKEND": SMTP}
    command = [sys.executable, "manage.py", "drain_jobs", services.JOB]
    with subprocess.Popen(command, env=os.environ | mail_to) as worker:
        assert sink.reached.wait(120)
        worker.send_signal(signal.SIGKILL)
    notice.refresh_from_db()
    assert notice.state == "sending"
    sink.behaviour = "accept"
    assert (fate(notice), len(sink.taken), attention()["unknown"]) == (("unknown", 1), 1, 1)


def test_a_slow_workers_word_comes_after_the_doubt(clerk, sink: Sink, unsafe):
    notice = written(clerk)
    Notice.objects.update(state="sending")
    services.deliver(notice.pk)  # another worker found it sending: unknown
    stale = Notice.objects.get()
    assert services._settle(stale, "confirm", "") is True
    assert Notice.objects.get().state == "sent"


def test_a_name_taken_is_refused():
    with pytest.raises(ValueError, match="two kinds of notice"):
        register(Kind("trial", "另一种", dict))
