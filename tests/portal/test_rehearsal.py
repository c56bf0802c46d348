"""The rehearsal in small, in the tests' own database; and the invariants that it checks."""

import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from aisc_portal import invariants
from aisc_portal.rehearsal import CALENDAR, Rehearsal, until
from aisc_portal.rehearsal.scene import Scene
from core import clock
from core.notices.models import Notice
from core.problems import Problem, refuse_if
from registrations.entry_models import Entry, Member
from registrations.models import RecommendationRow
from registrations.personal_models import BirthMonth
from registrations.work_models import Work
from seasons.models import Advance, Attendance
from tests.registrations import build
from tests.registrations.entries import build as entries
from tracks.models import Edition

UNITS, ENTRIES, SEED = 10, 100, 7  # few, and yet everything that the totals count has happened
KEYS = ["units", "places", "entries", "works", "training", "points", "judging", "ballots", "awards", "certificates"]
KEYS += ["notices", "invariants", "seconds"]  # as the task names them
LATE = Problem("window.late", "推荐报送已截止")
pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: LazySettings, tmp_path: Path) -> Path:
    """Mails land in a folder, as in the demo."""
    settings.EMAIL_BACKEND = "core.notices.backends.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return settings.EMAIL_FILE_PATH


class Told(StringIO):
    """What the rehearsal told; and what had become of its people after the training."""

    def write(self, line: str) -> int:
        """A line about a stage that is done."""
        if "training.decide" in line:
            self.halfway = counted()
        return super().write(line)


def test_the_totals_agree_and_the_same_seed_is_the_same_contest(mail: Path, tmp_path: Path) -> None:
    """A whole year in small, the dearest of all tests; and the same once more until the training is over."""
    out, told = tmp_path / "out.json", Told()
    how = [f"--units={UNITS}", f"--entries={ENTRIES}", f"--seed={SEED}", f"--json={out}"]
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT begin")
        call_command("rehearse", *how, stdout=StringIO(), stderr=told)
        check_totals(json.loads(out.read_text(encoding="utf-8")), mail)
        cursor.execute("ROLLBACK TO begin")
    assert len(told.getvalue().splitlines()) == len(CALENDAR)
    again = Rehearsal(UNITS, SEED, tell=str, wanted=ENTRIES, calendar=until("training")).run()
    assert (counted(), again["invariants"]["broken"]) == (told.halfway, [])


def counted() -> list[Counter[Any]]:
    """Who is where, and who was told what."""
    fields = [(Entry, "state", "kind", "track__code", "organisation"), (Work, "state", "category", "entry__state")]
    fields += [(Notice, "template", "channel"), (Member, "name", "role"), (RecommendationRow, "state", "name")]
    fields += [(Attendance, "how", "minutes"), (Advance, "state", "goes", "by_rule")]
    return [Counter(model.objects.values_list(*names)) for model, *names in fields]


def check_totals(summary: dict[str, Any], mail: Path) -> None:
    """Nothing is broken, and the numbers add up."""
    units, places, notices = (summary[name] for name in ("units", "places", "notices"))
    rows, ways = places["rows"], units["ways"]
    assert list(summary) == KEYS
    assert summary["invariants"]["broken"] == []
    assert units["total"] == UNITS == sum(ways.values())
    assert min(ways.values()) > 0 < units["full"] < units["submitted"] < UNITS
    assert places["over"] == 0 < places["taken"] <= places["limit"]
    assert places["taken"] == rows["submitted"] == rows["approved"] + rows["returned"]
    assert notices == {"sent": Notice.objects.count(), "failed": 0, "duplicates": 0}
    assert len(list(mail.glob("*.eml"))) == Notice.objects.filter(channel="email").count()
    scans, books = places["scans"], places["workbooks"]
    assert scans["made"] == scans["by_qr"] + scans["by_typed_code"] > units["submitted"]
    assert scans["void"] == scans["refused_stale"] > 0
    assert min(books.values()) > 0
    check_entries(summary["entries"])
    check_works(summary["works"])
    check_training(summary["training"])


def check_entries(counted: dict[str, Any]) -> None:
    """Every entry is counted once each way, and everything that can become of one has happened."""
    total = counted["total"]
    ends = [counted[state] for state in ("draft", "entered", "accepted", "rejected", "withdrawn")]
    assert total == counted["recommended"] + counted["open"] == counted["individual"] + counted["team"] == sum(ends)
    assert total >= ENTRIES
    assert counted["people"] > total - counted["withdrawn"] > counted["accepted"] > 0
    ends.remove(counted["entered"])  # whether somebody still waits at the end is a matter of luck
    assert min(counted["minors"], *counted["guardians"].values(), *counted["claims"].values(), *ends) > 0


def check_works(counted: dict[str, Any]) -> None:
    """Every work has one end, every end has happened, and files of every type were handed in."""
    ends = [counted[state] for state in ("draft", "passed", "rejected", "withdrawn")]
    assert counted["total"] == sum(ends) + counted["submitted"] + counted["returned"]
    assert min(*ends, counted["sent_back"], counted["inspected"], *counted["files"].values()) > 0
    assert counted["versions"] > counted["total"] - counted["draft"]


def check_training(counted: dict[str, Any]) -> None:
    """Three themes, attendance of both kinds, some advance by the rule, some by a contact's pick, some do not."""
    assert (counted["themes"], counted["courses"]) == (3, 4)
    assert min(counted.values()) > 0
    assert counted["picked"] < counted["advanced"]


def test_the_year_runs_forward() -> None:
    moments = [moment for moment, _ in CALENDAR]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("codes", "problems", "surprises"),
    [
        (["window.late"], [LATE], []),
        (["window.late"], [LATE, LATE], []),
        (["window.late"], [], ["应因 ['window.late'] 被拒绝，却被接受"]),
        (["places.closed"], [LATE], ["应因 ['places.closed'] 被拒绝，实为 ['window.late']"]),
        (
            ["places.closed", "window.late"],
            [LATE],
            ["应因 ['places.closed', 'window.late'] 被拒绝，实为 ['window.late']"],
        ),
    ],
)
def test_what_goes_against_expectation_is_a_surprise(
    codes: list[str], problems: list[Problem], surprises: list[str]
) -> None:
    scene = Scene(1, SEED)
    scene.refused(codes, refuse_if, problems)
    assert scene.surprises == surprises


def test_more_units_than_the_register_has(mail: Path) -> None:
    with pytest.raises(CommandError, match="名册里有 330 个单位"):
        call_command("rehearse", "--units", "331", stderr=StringIO())


def test_only_on_an_empty_database(edition: Edition) -> None:
    with pytest.raises(CommandError, match="空数据库"):
        call_command("rehearse")


def test_what_is_broken_is_named(edition: Edition) -> None:
    """The checks look at the rows, not at what the services say of them."""
    (row,) = build.desk(edition).submitted()
    RecommendationRow.objects.filter(pk=row.pk).update(phone="123")
    broken = {name: things for name, things in invariants.check() if things}
    assert list(broken) == ["提交的行都合乎规则"]
    assert broken["提交的行都合乎规则"][0].startswith(f"推荐表 {row.recommendation_id} 第 {row.position} 行：")
    with pytest.raises(CommandError, match="1 项不成立"):
        call_command("invariants", stdout=StringIO())


@pytest.mark.parametrize(
    ("steps", "broken"),
    [
        (["withdrawn"], ["已退出的报名里没有人"]),
        (
            ["entered", "accepted"],
            [
                "资格已通过的报名，参赛条件都已认可",
                "资格已通过的报名，参赛者都签署了告知与承诺",
                "资格已通过的报名，未成年人都有监护人同意",
            ],
        ),
    ],
)
def test_what_is_broken_of_an_entry_is_named(edition: Edition, steps: list[str], broken: list[str]) -> None:
    """A pupil's entry, moved on past the services."""
    clock.set_now(entries.REGISTERING)
    entry = entries.draft(edition, entries.person(), "youth")
    BirthMonth.objects.create(member=entry.people.get(), month="2012-05")
    for state in steps:
        Entry.objects.filter(pk=entry.pk).update(state=state, decided_at=clock.now())
    found = {name: things for name, things in invariants.check() if things}
    assert list(found) == broken
    assert all(things[0].startswith(f"报名 {entry.pk}") for things in found.values())


def test_every_check_passes_on_an_empty_portal(db: None) -> None:
    assert [finding for finding in invariants.check() if finding[1]] == []
