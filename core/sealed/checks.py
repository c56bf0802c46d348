"""System checks of the keys; those of the fields are the fields' own."""

from typing import Any

from django.core.checks import CheckMessage, Error

from .keys import faults


def check_keys(**_: Any) -> list[CheckMessage]:
    """Every key is there, has 32 bytes and a name of its own. Runs with every command, `check --deploy` included."""
    return [Error(fault, id="sealed.E001") for fault in faults()]
