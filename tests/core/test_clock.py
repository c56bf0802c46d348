"""Contest time: the database's, shifted in demo and rehearsal only."""

from datetime import datetime, timedelta

import pytest

from core import clock
from core.problems import Refused

pytestmark = pytest.mark.django_db
MORNING = datetime(2024, 12, 10, 9, 0, tzinfo=clock.BEIJING)


def test_time_runs_on_from_where_it_was_set():
    clock.set_now(MORNING)
    first, second = clock.now(), clock.now()
    assert timedelta() <= first - MORNING < timedelta(seconds=5)
    assert first < second


def test_production_refuses_any_offset(settings):
    settings.PRODUCTION = True
    with pytest.raises(Refused) as refused:
        clock.set_now(MORNING)
    assert refused.value.codes == ["clock.production"]


def test_production_ignores_an_offset_that_is_there(settings):
    clock.set_now(MORNING)
    settings.PRODUCTION = True
    assert (clock.offset(), clock.now().year > 2024) == (timedelta(), True)
