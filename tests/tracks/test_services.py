"""Adopting an edition's text, the organiser's dates, the contacts of a track."""

from datetime import datetime

import pytest

from core.accounts.models import User
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.problems import Refused
from tests.contest import GUANGDONG, load_guangdong
from tracks import services
from tracks.models import Edition, Milestone, RuleText, Track

pytestmark = pytest.mark.django_db
LATER = datetime(2024, 12, 18, 17, 0, 1, tzinfo=BEIJING)


@pytest.fixture
def edition() -> Edition:
    return load_guangdong()


@pytest.fixture
def organiser() -> User:
    return User.objects.create_superuser("组委", email="organiser@example.test")


def due(edition: Edition) -> Milestone:
    return edition.milestones.get(code="recommend_due")


def move_due(edition: Edition, by: User, *, ends_at: datetime | None = LATER, reason: str = "延长三天") -> Milestone:
    milestone = due(edition)
    services.set_milestone(milestone, starts_at=None, ends_at=ends_at, reason=reason, by=by)
    return milestone


def readopt(edition: Edition, *changes: tuple[str, str]) -> None:
    """Adopt the stored text with some of its words replaced."""
    before, text = edition.rulebook, edition.text
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    edition.rules = RuleText.kept(text)
    services.adopt(edition, before)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return refused.value.codes


def test_adopting_the_same_text_again_leaves_no_history(edition: Edition) -> None:
    events = Milestone.pgh_event_model.objects.count()
    readopt(edition)
    assert Milestone.pgh_event_model.objects.count() == events


def test_a_changed_date_moves_the_window_and_tells_why(edition: Edition, organiser: User) -> None:
    milestone = move_due(edition, organiser)
    assert Edition.objects.get().window("recommend").closes == LATER
    moment = timeline(milestone)[0]
    assert (moment.label, moment.who, moment.reason) == ("调整日程", "组委", "延长三天")
    assert moment.changes == {"结束（此刻起不再受理）": ("2024-12-15 17:00", "2024-12-18 17:00")}


@pytest.mark.parametrize(
    ("dates", "reason", "found"),
    [
        ({"ends_at": LATER}, "  ", ["reason.missing"]),
        ({"ends_at": None}, "改", ["milestone.no_end"]),
        ({"ends_at": datetime(2024, 11, 20, tzinfo=BEIJING)}, "", ["reason.missing", "window.reversed"]),
    ],
)
def test_a_senseless_date_is_refused(
    edition: Edition, organiser: User, dates: dict[str, datetime], reason: str, found: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        move_due(edition, organiser, **dates, reason=reason)
    assert codes(refused) == found
    assert due(edition).ends_at == datetime(2024, 12, 15, 17, 0, 1, tzinfo=BEIJING)


def test_reversed_ends_are_refused(edition: Edition, organiser: User) -> None:
    window = edition.milestones.get(code="points_season")
    with pytest.raises(Refused) as refused:
        services.set_milestone(window, starts_at=window.ends_at, ends_at=window.starts_at, reason="改", by=organiser)
    assert "milestone.reversed" in codes(refused)


def test_an_exact_date_makes_a_vague_one_exact_and_back(edition: Edition, organiser: User) -> None:
    final = edition.milestones.get(code="final")
    vague = (final.starts_at, final.ends_at, final.precision)
    day = datetime(2025, 9, 20, tzinfo=BEIJING), datetime(2025, 9, 21, tzinfo=BEIJING)
    services.set_milestone(final, starts_at=day[0], ends_at=day[1], reason="定了", by=organiser)
    assert final.precision == "day"
    services.set_milestone(final, starts_at=vague[0], ends_at=vague[1], reason="又没定", by=organiser)
    assert (final.starts_at, final.ends_at, final.precision) == vague


def test_an_amendment_keeps_edited_dates_that_it_does_not_touch(edition: Edition, organiser: User) -> None:
    move_due(edition, organiser)
    readopt(edition, ('name = "单位推荐截止"', 'name = "推荐表报送截止"'), ("quota = 25\n", "quota = 30\n"))
    assert (due(edition).name, due(edition).ends_at) == ("推荐表报送截止", LATER)


def test_an_amendment_of_the_same_date_wins(edition: Edition, organiser: User) -> None:
    move_due(edition, organiser)
    readopt(edition, ("end = 2024-12-15T17:00:00", "end = 2024-12-20T12:00:00"))
    assert due(edition).ends_at == datetime(2024, 12, 20, 12, 0, 1, tzinfo=BEIJING)


def test_an_amendment_that_would_reverse_edited_dates_is_refused(edition: Edition, organiser: User) -> None:
    season = edition.milestones.get(code="points_season")
    later = datetime(2025, 6, 1, tzinfo=BEIJING)
    services.set_milestone(season, starts_at=later, ends_at=season.ends_at, reason="推迟", by=organiser)
    with pytest.raises(Refused) as refused:
        readopt(edition, ("end = 2025-08-30\nopens", "end = 2025-05-01\nopens"))
    assert set(codes(refused)) == {"milestone.reversed", "window.reversed"}


def test_a_vanishing_milestone_goes(edition: Edition) -> None:
    start, end = (
        edition.text.index('[[milestones]]\ncode = "ceremony"'),
        edition.text.index('[[milestones]]\ncode = "theme1"'),
    )
    readopt(edition, (edition.text[start:end], ""))
    assert not edition.milestones.filter(code="ceremony").exists()
    assert [m.position for m in edition.calendar] == list(range(len(edition.rulebook.milestones)))


def test_a_contact_enters_the_admin_and_leaves_it(edition: Edition, organiser: User) -> None:
    worker, youth = edition.tracks.get(code="worker"), edition.tracks.get(code="youth")
    user = User.objects.create_user("联系人", email="contact@example.test")
    contacts = [services.appoint_contact(track, user, by=organiser) for track in (worker, youth)]
    assert (user.is_staff, list(Track.objects.visible_to(user))) == (True, [worker, youth])
    services.remove_contact(contacts[0], by=organiser, reason="换人")
    user.refresh_from_db()
    assert (user.is_staff, list(Track.objects.visible_to(user))) == (True, [youth])
    services.remove_contact(contacts[1], by=organiser, reason="换人")
    user.refresh_from_db()
    assert user.is_staff is False
    assert [moment.verb for moment in timeline(user)][:2] == ["contact.removed", "contact.appointed"]


def test_an_account_that_is_off_is_no_contact(edition: Edition, organiser: User) -> None:
    user = User.objects.create_user("离职", email="gone@example.test", is_active=False)
    with pytest.raises(Refused) as refused:
        services.appoint_contact(edition.tracks.first(), user, by=organiser)
    assert codes(refused) == ["contact.inactive"]


def test_the_file_is_kept_to_the_letter(edition: Edition) -> None:
    assert edition.text.encode() == GUANGDONG.read_bytes()
