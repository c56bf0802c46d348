"""Builders for the tests of a theme's prizes: a theme with records, judged and published."""

from datetime import timedelta

from core import clock
from core.accounts.models import User
from judging.models import Candidate, Round
from judging.services import adoption, closing, opening
from registrations.entry_models import Entry
from seasons.models import Season, ServiceRecord
from seasons.services import prizing, themes
from tests.judging import build as judging
from tests.seasons.points import build as points
from tracks.models import Edition

FIELD = {"code": "march", "name": "三月：健康科普月", "industry": "医疗健康", "prized": True}
organiser = judging.organiser


def theme(edition: Edition, **values: object) -> Season:
    """A monthly theme with prizes, running in March."""
    typed = (
        FIELD | {"starts_at": points.MARCH - timedelta(days=7), "ends_at": points.MARCH + timedelta(days=24)} | values
    )
    made = themes.save(edition, typed, by=organiser())
    themes.publish(made, by=organiser())
    return made


def contact(edition: Edition) -> User:
    """The track's, the same person each time."""
    return User.objects.filter(email="worker@example.test").first() or points.contact(edition)


def passed(theme: Season, number: int, **values: object) -> ServiceRecord:
    """An approved record of the theme, of an entry of its own."""
    return again(theme, points.entry(theme.edition, number), **values)


def again(theme: Season, entry: Entry, days: int = 0, **values: object) -> ServiceRecord:
    """An approved record of an entry."""
    typed = {"season": theme, "by": contact(theme.edition)} | values
    return points.passed(entry, points.MARCH + timedelta(days=days), **typed)


def round_of(theme: Season) -> Round:
    """Its round with all its approved records, by rules that the organiser has settled."""
    made = adoption.amend(prizing.open_round(theme, by=organiser()), {}, reason="沿用", by=organiser())
    theme.refresh_from_db()
    prizing.fill(theme, by=organiser())
    return made


def judged(theme: Season, marks: dict[str, int], *, publish: bool = True) -> list[Candidate]:
    """Scored by two judges who agree, locked, and published. marks: in the order of the candidates' numbers."""
    round_ = round_of(theme)
    pool = list(round_.candidates.order_by("number"))
    held = judging.given(round_, [judging.judge(round_, n) for n in (1, 2)], pool)
    opening.open_round(round_, by=organiser(), reason="测试")
    by_number = dict(zip([c.pk for c in pool], marks.values(), strict=True))
    judging.signed(held, [by_number[one.candidate_id] for one in held])
    closing.lock_round(Round.objects.get(pk=round_.pk), by=organiser())
    if publish:
        closing.publish(Round.objects.get(pk=round_.pk), by=organiser())
    theme.refresh_from_db()
    return pool


def later() -> None:
    """A day on."""
    clock.set_now(clock.now() + timedelta(days=1))
