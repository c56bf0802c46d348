"""The rehearsal in small, in the tests' own database; and the invariants that it checks."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from aisc_portal import invariants
from aisc_portal.rehearsal import Rehearsal
from core.notices.models import Notice
from registrations.models import RecommendationRow

UNITS, SEED = 8, 7
pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(settings: LazySettings, tmp_path: Path) -> Path:
    """Mails land in a folder, as in the demo."""
    settings.EMAIL_BACKEND = "core.notices.backends.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return settings.EMAIL_FILE_PATH


@pytest.fixture
def summary(mail: Path, tmp_path: Path) -> dict[str, Any]:
    out = tmp_path / "out.json"
    call_command("rehearse", "--units", str(UNITS), "--seed", str(SEED), "--json", str(out), stdout=StringIO())
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_totals_agree(summary: dict[str, Any], mail: Path) -> None:
    places, rows, notices = summary["places"], summary["rows"], summary["notices"]
    assert list(summary) == ["units", "places", "rows", "notices", "invariants", "seconds"]
    assert summary["units"] == {"total": UNITS}
    assert places["over"] == 0 < places["taken"] <= places["limit"]
    assert places["taken"] == rows["submitted"] == rows["approved"] + rows["returned"]
    assert notices == {"sent": Notice.objects.count(), "failed": 0, "duplicates": 0}
    assert len(list(mail.glob("*.eml"))) == Notice.objects.filter(channel="email").count()
    assert summary["invariants"]["broken"] == []
    assert min(rows["approved"], rows["returned"]) > 0


def test_the_same_seed_is_the_same_contest(mail: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT begin")
        first = Rehearsal(3, SEED).run()
        cursor.execute("ROLLBACK TO begin")
    second = Rehearsal(3, SEED).run()
    assert first | {"seconds": {}} == second | {"seconds": {}}


def test_more_units_than_the_register_has(mail: Path) -> None:
    with pytest.raises(CommandError, match="名册里有 330 个单位"):
        call_command("rehearse", "--units", "331")


def test_only_on_an_empty_database(edition: object) -> None:
    with pytest.raises(CommandError, match="空数据库"):
        call_command("rehearse")


def test_what_is_broken_is_named(summary: dict[str, Any], tmp_path: Path) -> None:
    """The checks look at the rows, not at what the services say of them."""
    row = RecommendationRow.objects.filter(state="approved").first()
    assert row is not None
    RecommendationRow.objects.filter(pk=row.pk).update(phone="123")
    broken = {name: things for name, things in invariants.check() if things}
    assert list(broken) == ["提交的行都合乎规则"]
    assert broken["提交的行都合乎规则"][0].startswith(f"推荐表 {row.recommendation_id} 第 {row.position} 行：")
    with pytest.raises(CommandError, match="1 项不成立"):
        call_command("invariants", stdout=StringIO())


def test_every_check_passes_on_an_empty_portal(db: None) -> None:
    assert [finding for finding in invariants.check() if finding[1]] == []
