"""What only the database's owner could do."""

import os

from django.db import connection
from django.db.models import Model

from registrations.models import PLACES_CHECK, RecommendationRow, UnitQuota
from tools.databases import execute


def as_owner(*statements: str) -> list[tuple[object, ...]]:
    """Run statements on this test's database as the owner of its tables; gives up on a lock after five seconds."""
    url = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    return execute(url, "SET lock_timeout = '5s'", *statements)


def stop_counting(model: type[Model] = RecommendationRow, name: str = "count_places") -> None:
    """Take away a trigger that counts: places, unless told otherwise."""
    (trigger,) = [trigger for trigger in model._meta.triggers if trigger.name == name]
    as_owner(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER {trigger.get_pgid(model)}")


def replace_check(condition: str = "true") -> None:
    """Put another condition where the database holds `taken` within `limit`."""
    table, added = UnitQuota._meta.db_table, f"ADD CONSTRAINT {PLACES_CHECK} CHECK ({condition})"
    as_owner(f"ALTER TABLE {table} DROP CONSTRAINT {PLACES_CHECK}, {added}")
