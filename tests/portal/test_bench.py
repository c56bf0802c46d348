"""What `make bench` promises about the peer: every one of its rows is measured by a bench of ours."""

import json
from pathlib import Path

import pytest

from bench import run
from bench.peers import PEERS, beside

FOLDER = Path(__file__).parents[2] / "bench"
BENCHES = "\n".join(path.read_text() for path in [*FOLDER.glob("bench_*.py"), FOLDER / "_pages.py"])


@pytest.mark.parametrize("what", PEERS)
def test_every_row_of_the_peer_is_measured(what):
    _, ours = PEERS[what]
    assert [name for name, _ in ours if name.split(",")[0] not in BENCHES] == []


def test_a_file_that_fails_does_not_take_the_others_figures_along(tmp_path, monkeypatch, capsys):
    (tmp_path / "bench_a.py").write_text("def run():\n    raise OSError")
    (tmp_path / "b.json").write_text('[{"name": "b", "value": 1, "unit": "ms", "target": "≤2", "ok": true}]')
    (tmp_path / "a.json").write_text(json.dumps(run.measure(tmp_path / "bench_a.py")))
    monkeypatch.setattr(run, "FOLDER", tmp_path)
    assert run.tell(tmp_path, ["a", "b", "killed"]) == 1
    told = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert told[1:] == [["✗", "bench_a"], ["✓", "b"], ["✗", "killed"]]


def test_they_are_printed_side_by_side():
    rows = [{"name": "home page in the server, median", "value": 7.5, "unit": "ms", "ok": True}]
    rows += [{"name": "home page gzipped", "value": 101, "unit": "KB", "ok": False}]
    assert beside(rows) == ["landing page: 76 ms, 8 SQL → 7.5 ms, 101 KB ✗"]
