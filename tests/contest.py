"""Builders shared by the tests: the Guangdong edition as `make run` loads it."""

from pathlib import Path

from aisc_portal import editions
from aisc_portal.demo import start_of
from core import clock
from tracks.models import Edition

GUANGDONG = Path(__file__).parents[1] / "tracks/editions/guangdong-2024.toml"


STAMPED = 'stamped_scan_required = { undecided = true, default = true, question = "Q31" }'


def load_guangdong(*, stamped: bool = True) -> Edition:
    """The 2024 edition, current, at the demo's first morning (2024-12-10 09:00).

    stamped: without it, rows may pass without a stamped scan (Q31).
    """
    text = GUANGDONG.read_text(encoding="utf-8")
    editions.load(text if stamped else text.replace(STAMPED, "stamped_scan_required = false"))
    edition = Edition.objects.get(is_current=True)
    clock.set_now(start_of(edition))
    return edition
