"""Builders shared by the tests: units with officers and rows, made through the services."""

from core.accounts.models import User
from registrations.models import Officer, Recommendation, RecommendationRow, Unit
from registrations.services import recommending, units
from tracks.models import Edition


def make_officer(unit: Unit, email: str = "officer@example.test") -> Officer:
    """An officer who came by invitation."""
    user = User.objects.create_user("填报人", email=email)
    return units.join(units.invite_officer(unit, by=None, email=email), by=user)


def make_rows(unit: Unit, edition: Edition, officer: Officer, count: int) -> list[RecommendationRow]:
    """Right rows of individuals, not yet submitted."""
    form = recommending.form_of(unit, edition)
    return [
        recommending.save_row(
            form,
            {
                "name": f"张{'甲乙丙丁戊己庚辛壬癸'[number % 10]}",
                "organisation": "城南中学",
                "phone": f"1380013{8000 + number}",
                "categories": ["A"],
                "track": edition.tracks.get(code="worker"),
            },
            by=officer.user,
        )
        for number in range(count)
    ]


def submit(rows: list[RecommendationRow], officer: Officer) -> Recommendation:
    """Send them in."""
    form = rows[0].recommendation
    recommending.submit_rows(form, rows, by=officer.user)
    return form
