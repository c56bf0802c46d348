"""A script in a child: its answer, its refusal, and every limit it may run into."""

import io
import tempfile
from dataclasses import replace

import pytest

from core.limited.running import MB, Limits, Stopped, run

HEAD = "import os, sys, time\nfrom core.limited.child import Stop"
LIMITS = Limits(cpu=1, wall=30, memory=256 * MB, output=MB)  # a starved machine is slow by itself


def outcome(tmp_path, body: str, *arguments: object, data=b"abc", limits=LIMITS):
    """What `work` gives, or (code, facts) of what stopped it."""
    script = tmp_path / "script.py"
    script.write_text(
        f"import os, sys, time\nfrom core.limited.child import Stop\ndef work(file, *given):\n    {body}\n"
    )
    try:
        return run(script, data, limits, *arguments)
    except Stopped as stopped:
        return stopped.code, stopped.facts


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("return {'said': file.read().decode(), 'given': given}", {"said": "abc", "given": ["甲", 2]}),
        ("return {'said': '\\ud800'}", {"said": "\ufffd\ufffd\ufffd"}),
        ("raise Stop('too_many', rows=7)", ("too_many", {"rows": 7})),
        ("raise OSError", ("corrupt", {})),
        ("return {'said': b'no text'}", ("too_heavy", {})),
        ("os.abort()", ("too_heavy", {})),
        ("bytes(400_000_000)", ("too_heavy", {})),
        ("return {'said': 'x' * 2_000_000}", ("too_heavy", {})),
    ],
)
def test_what_comes_of_it(tmp_path, body, answer):
    assert outcome(tmp_path, body, "甲", 2) == answer


def test_a_file_is_read_from_where_it_lies_and_can_be_sought(tmp_path):
    (tmp_path / "data").write_bytes(b"abcdef")
    body = "file.seek(3); return {'said': file.read().decode()}"
    with open(tmp_path / "data", "rb") as file, tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(b"abcdef")
        file.seek(5)
        sources = [b"abcdef", tmp_path / "data", file, io.BytesIO(b"abcdef"), spooled]
        assert [outcome(tmp_path, body, data=source) for source in sources] == [{"said": "def"}] * 5
        assert file.tell() == 5


def test_whoever_waits_is_called_meanwhile(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import time\ndef work(file):\n    time.sleep(1.4)\n    return {}\n")
    calls = []
    run(script, b"", LIMITS, waiting=lambda: calls.append(1))
    assert len(calls) >= 1


def test_what_works_too_long_ends(tmp_path):
    assert outcome(tmp_path, "while True: pass") == ("too_heavy", {})


def test_what_only_waits_ends(tmp_path):
    limits = replace(LIMITS, wall=1)
    assert outcome(tmp_path, "time.sleep(60); return {}", limits=limits) == ("too_heavy", {})


def test_nothing_of_the_portal_is_there(tmp_path):
    ours = "sorted(name for name in sys.modules if name.startswith(('core', 'django')))"
    seen = outcome(tmp_path, f"return {{'environment': dict(os.environ), 'ours': {ours}}}")
    assert seen["ours"] == ["core", "core.limited", "core.limited.child"]
    assert set(seen["environment"]) <= {"LC_CTYPE"}  # Python's own
