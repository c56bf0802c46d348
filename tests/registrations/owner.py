"""What only the database's owner could do."""

import os

from django.db import connection

from tools.databases import execute


def as_owner(*statements: str) -> list[tuple[object, ...]]:
    """Run statements on this test's database as the owner of its tables; gives up on a lock after five seconds."""
    url = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    return execute(url, "SET lock_timeout = '5s'", *statements)
