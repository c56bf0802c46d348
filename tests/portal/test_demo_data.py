"""What `make run` begins with."""

import pytest
from django.core.management import call_command

from aisc_portal import demo_data, editions
from aisc_portal.demo import start_of
from aisc_portal.next_edition import Naming, draft
from awards import wall
from awards.models import AwardLine, AwardList, Certificate, CertificateBatch
from core import clock
from core.accounts.models import User
from core.api.services import holder_of
from core.files.models import Derivation
from core.notices.models import Notice
from judging.models import Judge, Session
from registrations.entry_models import Entry
from registrations.work_models import Work
from seasons.models import ServiceRecord
from tracks.models import Edition
from tracks.services import make_current


def works_of_the_wall() -> list[wall.Work]:
    """What a visitor of the demo finds there."""
    edition = Edition.objects.get()
    return wall.works_of(wall.shown_prizes(edition), edition)


@pytest.mark.django_db
def test_the_demo_has_participants_and_is_made_once(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    demo_data.prepare()
    demo_data.prepare()
    entries = Entry.objects.filter(works=None, candidacies=None).order_by("pk")
    assert [(entry.team_name, entry.state, entry.members) for entry in entries] == [
        ("智绘科普队", "entered", 2),
        ("", "draft", 1),
        ("", "accepted", 1),
    ]
    found = sorted(Work.objects.values_list("state", flat=True))
    assert found == ["draft", *["passed"] * 9, "rejected", "returned", "submitted", "withdrawn"]
    records = sorted(ServiceRecord.objects.values_list("state", flat=True))
    assert records == ["draft", "passed", "passed", "passed", "returned", "submitted"]
    assert set(Derivation.objects.values_list("state", flat=True)) == {"ready"}
    judge = Judge.objects.get(user__email="judge@demo.test", round__code="review")
    assert (judge.assignments.active().count(), Session.objects.get().state) == (6, "live")
    drafted = AwardLine.objects.filter(version__award_list__category__code="B").values_list("level_name", flat=True)
    assert (list(drafted), AwardList.objects.public().count()) == ([*["一等奖"] * 5, *["二等奖"] * 2], 1)
    shown = [(work.title[:4], bool(work.badge), work.cover is not None) for work in works_of_the_wall()]
    assert sorted(shown) == [("丹霞山的", True, True), ("岭南古村", False, True), ("湿地一日", True, True)]
    batches = CertificateBatch.objects.order_by("pk").values_list("kind", "state")
    assert list(batches) == [("volunteer", "draft"), ("participation", "done")]
    taking_part, printed = Entry.objects.filter(state="accepted").count(), Certificate.objects.printed()
    counted = [printed.filter(state=state).count() for state in ("valid", "corrected", "revoked")]
    assert counted == [taking_part - 1, 1, 1]
    assert printed.filter(name="演示获证者", state="valid").exists()
    secrets = [demo_data.api_secret() for _ in range(2)]
    assert [holder_of(secret) is not None for secret in secrets] == [False, True]
    assert clock.now().date() == start_of(entries[0].edition).date()
    next_year = load_next(entries[0].edition)
    demo_data.prepare()  # whichever edition is the current one by now
    assert not Entry.objects.filter(edition=next_year).exists()


def load_next(edition: Edition) -> Edition:
    """Next year's draft, made the current edition."""
    editions.load(draft(edition.text, Naming("next-year", "GDAIKP9", "第九届")))
    found = Edition.objects.get(slug="next-year")
    make_current(found, reason="新的一届", by=User.objects.filter(is_superuser=True)[0])
    return found


def test_two_persons_can_play_what_takes_two() -> None:
    """Unlocking a round, opening a decided list again."""
    assert sum(account.organiser for account in demo_data.ACCOUNTS) == 2


@pytest.mark.django_db
def test_the_invitation_of_the_readme_is_found(settings, tmp_path, capsys) -> None:
    """Its mail is the latest one, and its address stands in what `make run` prints until it was accepted."""
    settings.MEDIA_ROOT = tmp_path
    demo_data.prepare()
    assert Notice.objects.order_by("pk").last().template == "officer-invited"
    call_command("demo")
    link = demo_data.invitation_link()
    assert (link.startswith(settings.SITE_URL), link in capsys.readouterr().out) == (True, True)
