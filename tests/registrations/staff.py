"""Builders for the admin's tests: staff, units of the real register, submitted rows."""

from django.test import Client

from core.accounts.models import User
from registrations.models import RecommendationRow, Region, Unit, UnitQuota
from registrations.services import recommending
from registrations.services.register import load_register
from registrations.services.units import invite_officer, join
from tests.contest import load_guangdong
from tests.registrations import build
from tracks.models import Edition
from tracks.services import appoint_contact

SHIXING = "韶关市始兴县科学技术协会"


def contest() -> Edition:
    """The edition, the register, and every unit's places."""
    load_register()
    return load_guangdong()


def organiser() -> User:
    """Who may do everything but judge."""
    return User.objects.create_superuser("组委", email="organiser@example.test")


def contact(edition: Edition, track: str) -> User:
    """A contact of one track."""
    user = User.objects.create_user(f"联系人{track}", email=f"{track}@example.test")
    appoint_contact(edition.tracks.get(code=track), user, by=None)
    return user


def officer(name: str = SHIXING, email: str = "officer@example.test") -> User:
    """Who fills in for a unit, by invitation."""
    user = User.objects.create_user("经办人", email=email)
    join(invite_officer(Unit.objects.get(full_name=name), by=None, email=email), by=user)
    return user


def submitted(edition: Edition, count: int, track: str = "worker") -> list[RecommendationRow]:
    """Rows of 始兴县科协, submitted to a track."""
    user = User.objects.filter(email="officer@example.test").first() or officer()
    form = recommending.form_of(Unit.objects.get(full_name=SHIXING), edition)
    start = form.rows.count()
    rows = [
        recommending.save_row(
            form,
            {
                "name": "王小芳",
                "team_name": f"始兴县第{start + i + 1}中学科技志愿服务分队",
                "phone": f"138001380{start + i:02}",
                "categories": ["A"],
                "track": edition.tracks.get(code=track),
            },
            by=user,
        )
        for i in range(count)
    ]
    return recommending.submit_rows(form, rows, by=user)


def stamped(edition: Edition, count: int, track: str = "worker") -> list[RecommendationRow]:
    """The same with the stamped form, so that they may pass."""
    rows = submitted(edition, count, track)
    build.stamp(rows[0].recommendation, by=User.objects.get(email="officer@example.test"))
    return rows


def signed_in(user: User) -> Client:
    """A browser of this person's."""
    client = Client()
    client.force_login(user, backend="core.accounts.backends.Backend")
    return client


def quota_of(name: str = SHIXING) -> UnitQuota:
    """A unit's places in the current edition."""
    return UnitQuota.objects.get(unit__full_name=name, edition__is_current=True)


def region(name: str) -> Region:
    """A region by its name."""
    return Region.objects.get(name=name)
