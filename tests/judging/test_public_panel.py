"""The public's ballots in the ranking of a final: 70/30, the fallback, the bundle counts them again."""

import io
import zipfile
from pathlib import Path

import pytest

from judging.bundle import write_bundle
from judging.models import Assignment, Ballot, Round, Session
from judging.rules import ranking
from judging.rules.ranking.files import read_folder
from judging.services import closing, live, opening, setting_aside
from tests.judging import build, live_build
from tests.judging.test_bundle import run, unpacked
from tracks.models import Edition

FEW, MANY = 40, 120  # ballots; the edition asks for 100 (Q29)


@pytest.fixture
def final(edition: Edition) -> Round:
    """A final of three teams before two judges, everything signed: 90, 80, 70."""
    round_ = build.round_of(edition, "final")
    made = build.opened(round_, works=3, seats=2)
    opening.set_window(round_, opens_at=None, closes_at=None, reason="测试", by=build.organiser())
    made = list(Assignment.objects.filter(round=round_).select_related("judge__user", "round", "candidate"))
    build.signed(made, [90 - 10 * (one.candidate.number - 1) for one in made])
    return Round.objects.select_related("edition", "category", "track").get(pk=round_.pk)


def voted(round_: Round, count: int) -> Session:
    """So many voters, nearly all for the work that the judges placed last."""
    session = live_build.opened(round_, window="end", choices_max=2)
    hall = live_build.voting(session)
    by_label = {stop.label: stop.pk for stop in hall.order}
    for number in range(count):
        chosen = [by_label["A-0003"]] if number % 8 else [by_label["A-0001"], by_label["A-0002"]]
        Ballot.objects.create(session=session, identity=f"{number:064}", choices=chosen, cast_at=hall.now)
    live.end(session, by=build.organiser())
    return session


def frozen(round_: Round) -> ranking.Inputs:
    snapshot = closing.lock_round(round_, by=build.organiser())
    return ranking.inputs_from(snapshot.inputs)


def test_both_panels_weigh_as_the_edition_says(final: Round) -> None:
    voted(final, MANY)
    inputs = frozen(final)
    assert {panel: int(weight) for panel, weight in ranking.rank(inputs).weights.items()} == {
        "expert": 70,
        "public": 30,
    }
    assert (inputs.tallies[0].ballots, dict(inputs.tallies[0].votes)) == (
        120, {"A-0001": 15, "A-0002": 15, "A-0003": 105},
    )  # fmt: skip


def test_few_ballots_leave_the_experts_alone(final: Round) -> None:
    voted(final, FEW)
    outcome = ranking.rank(frozen(final))
    assert {panel: int(weight) for panel, weight in outcome.weights.items()} == {"expert": 100, "public": 0}
    assert "ballots_few" in [note.code for note in outcome.notes]


def test_setting_ballots_aside_afterwards_makes_a_new_snapshot(final: Round) -> None:
    session = voted(final, MANY)
    closing.lock_round(final, by=build.organiser())
    ids = list(session.ballots.values_list("pk", flat=True)[:30])
    setting_aside.quarantine(session, ids, reason="同一设备", by=build.organiser())
    last = final.snapshots.first()
    assert last is not None
    assert (last.number, "隔离 30 张" in last.reason) == (2, True)
    inputs = ranking.inputs_from(last.inputs)
    assert inputs.tallies[0].ballots == 90
    assert sum(one.ballots for one in inputs.tallies[0].patterns if one.standing == "quarantined") == 30
    assert int(ranking.rank(inputs).weights["public"]) == 0  # 90 are fewer than 100


def test_the_bundle_counts_the_ballots_again(final: Round, tmp_path: Path) -> None:
    voted(final, MANY)
    inputs = frozen(final)
    content = write_bundle(inputs, title="A 类终审")
    assert "ballots.csv" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    folder = unpacked(tmp_path / "bundle", content)
    assert read_folder(folder).tallies == inputs.tallies
    assert run(folder).returncode == 0
    ballots = folder / "ballots.csv"
    ballots.write_text(ballots.read_text(encoding="utf-8").replace(",105", ",15"), encoding="utf-8")
    assert run(folder).returncode == 1


def test_the_file_of_ballots_names_nobody(final: Round) -> None:
    session = voted(final, MANY)
    text = ranking.text_of(frozen(final))
    assert [one for one in session.ballots.values_list("identity", flat=True) if one in text] == []
