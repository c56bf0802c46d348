"""Builders shared by the tests: the Guangdong edition as `make run` loads it."""

from pathlib import Path

from aisc_portal import editions
from aisc_portal.demo import start_of
from core import clock
from tracks.models import Edition

GUANGDONG = Path(__file__).parents[1] / "tracks/editions/guangdong-2024.toml"


def load_guangdong() -> Edition:
    """The 2024 edition, current, at the demo's first morning (2024-12-10 09:00)."""
    editions.load(GUANGDONG.read_text(encoding="utf-8"))
    edition = Edition.objects.get(is_current=True)
    clock.set_now(start_of(edition))
    return edition
