"""Nothing personal in a log line, wherever it stands."""

import io
import logging

import pytest

from core.logs import Formatter, hide


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("SMS to +8613800138000 failed", "SMS to 138****8000 failed"),
        ("phone=138 0013 8000;", "phone=138****8000;"),
        ("550 <zhang.san@example.com> unknown", "550 <***@example.com> unknown"),
        ("id 11010519491231002X", "id ***"),
        ("+85251234567", "+85*****"),
        ("notice 1234567890123 took 1.13800138000 s", "notice 1234567890123 took 1.13800138000 s"),
    ],
)
def test_hidden(text, hidden):
    assert hide(text) == hidden


def test_tracebacks_too():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter("{message}", style="{"))
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        raise ValueError("Key (phone)=(+8613800138000) already exists")
    except ValueError:
        log.exception("save failed")
    assert "(138****8000)" in stream.getvalue()
    assert "13800138000" not in stream.getvalue()
