"""What `make bench` promises about the peer: every one of its rows is measured by a bench of ours."""

from pathlib import Path

import pytest

from bench.peers import PEERS, beside

FOLDER = Path(__file__).parents[2] / "bench"
BENCHES = "\n".join(path.read_text() for path in [*FOLDER.glob("bench_*.py"), FOLDER / "_pages.py"])


@pytest.mark.parametrize("what", PEERS)
def test_every_row_of_the_peer_is_measured(what):
    _, ours = PEERS[what]
    assert [name for name, _ in ours if name.split(",")[0] not in BENCHES] == []


def test_they_are_printed_side_by_side():
    rows = [{"name": "home page in the server, median", "value": 7.5, "unit": "ms", "ok": True}]
    rows += [{"name": "home page gzipped", "value": 101, "unit": "KB", "ok": False}]
    assert beside(rows) == ["landing page: 76 ms, 8 SQL → 7.5 ms, 101 KB ✗"]
