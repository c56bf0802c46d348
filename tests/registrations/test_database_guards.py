"""What the database itself refuses, whoever writes and however: shell, import, plain SQL (decisions 4–6, R17)."""

import psycopg2
import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from pghistory.models import Event

from core.database import is_append_only, violated
from registrations import states
from registrations.models import PLACES_CHECK, Recommendation, RecommendationRow, UnitQuota
from registrations.services.adoption import set_limit
from tests.registrations import build
from tests.registrations.owner import as_owner

ROWS = RecommendationRow._meta.db_table
HISTORY = sorted(model._meta.db_table for model in apps.get_models() if is_append_only(model))


def refusal(act, *args, **more) -> str:
    """What the database said; nothing of it stays."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        act(*args, **more)
    return violated(refused.value) if isinstance(refused.value, IntegrityError) else str(refused.value).splitlines()[0]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def rows(desk: build.Desk):
    return RecommendationRow.objects.filter(recommendation=desk.form)


# --- States -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in states.ROW.labels if state != "draft"])
def test_a_row_starts_as_a_draft(desk, state):
    columns = {"recommendation": desk.form, "position": 1, "track": desk.edition.tracks.first(), "state": state}
    words = "state must start as draft"
    assert refusal(RecommendationRow.objects.create, **columns) == words
    assert refusal(RecommendationRow.objects.bulk_create, [RecommendationRow(**columns)]) == words
    copied = f"INSERT INTO {ROWS} (recommendation_id, position, track_id, state, name, team_name, organisation, phone,"
    copied += " email, categories, review_note, returned_as, reply, changed_at)"
    copied += " VALUES (%s, 1, %s, %s, '', '', '', '', '', '{}', '', '', '', now())"
    assert refusal(sql, copied, desk.form.pk, columns["track"].pk, state) == words


LEGAL = {(source, t.target) for t in states.ROW.transitions for source in t.sources}
PATHS = {"draft": [], "submitted": ["submitted"], "returned": ["submitted", "returned"]}
PATHS |= {"approved": ["submitted", "approved"], "withdrawn": ["submitted", "withdrawn"]}


@pytest.mark.parametrize("source", states.ROW.labels)
@pytest.mark.parametrize("target", states.ROW.labels)
def test_only_the_tables_moves_are_made(desk, source, target):
    desk.row()
    for state in PATHS[source]:
        rows(desk).update(state=state)
    if source == target or (source, target) in LEGAL:
        assert rows(desk).update(state=target) == 1
    else:
        assert "Invalid transition" in refusal(rows(desk).update, state=target)
        assert "Invalid transition" in refusal(sql, f"UPDATE {ROWS} SET state = %s", target)


# --- Places -------------------------------------------------------------------------------------------


@pytest.fixture
def full(edition) -> build.Desk:
    """A base whose one place is taken, with one more draft."""
    desk = build.desk(edition, "base")
    desk.submitted()
    desk.row()
    return desk


def drafts_made_submitted(desk: build.Desk) -> list[RecommendationRow]:
    found = list(rows(desk).filter(state="draft"))
    for row in found:
        row.state = "submitted"
    return found


def test_no_way_of_writing_goes_over_the_limit(full):
    drafts = drafts_made_submitted(full)
    ways = [
        refusal(drafts[0].save),
        refusal(rows(full).filter(state="draft").update, state="submitted"),
        refusal(RecommendationRow.objects.bulk_update, drafts, ["state"]),
        refusal(sql, f"UPDATE {ROWS} SET state = 'submitted' WHERE state = 'draft'"),
    ]
    assert (ways, full.quota.taken) == ([PLACES_CHECK] * 4, 1)


def test_a_closed_category_holds_nobody(edition):
    desk = build.desk(edition, "city")  # no limit: NULL must not slip through the CHECK (Q3)
    desk.row()
    assert (refusal(rows(desk).update, state="submitted"), desk.quota.taken) == (PLACES_CHECK, 0)


def test_a_unit_without_places_holds_nobody(desk):
    desk.row()
    desk.quota.delete()
    assert refusal(rows(desk).update, state="submitted") == PLACES_CHECK


@pytest.mark.parametrize("limit", [0, None])
def test_the_limit_stays_above_what_is_taken(full, limit):
    assert refusal(UnitQuota.objects.update, limit=limit) == PLACES_CHECK


def test_the_count_is_the_databases_own(full):
    stale = full.quota
    rows(full).filter(state="submitted").update(state="withdrawn")
    words = "taken is counted by the database"
    assert [refusal(stale.save), refusal(UnitQuota.objects.update, taken=5)] == [words, words]
    other = UnitQuota(unit=build.unit("other"), edition=full.edition, category="base", limit=9, taken=3)
    assert (refusal(other.save), full.quota.taken) == (words, 0)


def test_a_quota_in_use_neither_goes_nor_moves(full):
    other = build.unit("other")
    assert "Cannot delete" in refusal(full.quota.delete)
    assert "Cannot update" in refusal(UnitQuota.objects.filter(unit=full.unit).update, unit=other)


@pytest.mark.parametrize("state", ["submitted", "returned", "approved"])
def test_deleting_a_held_row_frees_its_place(desk, state):
    desk.row()
    for step in PATHS[state]:
        rows(desk).update(state=step)
    rows(desk).delete()
    assert desk.quota.taken == 0


def test_rows_and_forms_stay_where_they_are(edition, full):
    other = build.desk(edition, "society", email="other@example.test")
    assert "Cannot update" in refusal(rows(full).update, recommendation=other.form)
    forms = Recommendation.objects.filter(pk=full.form.pk)
    assert "Cannot update" in refusal(forms.update, unit=build.unit("university"))


def test_a_freed_place_can_be_taken_again(full):
    rows(full).filter(state="submitted").update(state="withdrawn")
    rows(full).filter(state="draft").update(state="submitted")
    set_limit(full.quota, 2, reason="核定", by=full.officer)
    assert full.quota.taken == 1


# --- History ------------------------------------------------------------------------------------------


NO_HISTORY = {  # kept by triggers, written once, or made anew from what has a history
    "workauthor", "workversion", "versionfile", "worklook", "fingerprint", "fingerprintkey", "examination",
}  # fmt: skip


def test_every_model_of_this_app_keeps_history():
    models = list(apps.get_app_config("registrations").get_models())
    kept = {m._meta.db_table for m in models if issubclass(m, Event)}
    own = [m for m in models if not issubclass(m, Event)]
    assert kept == {f"{m._meta.db_table}event" for m in own if m._meta.model_name not in NO_HISTORY}


@pytest.mark.django_db
@pytest.mark.parametrize("table", HISTORY)
def test_the_application_cannot_rewrite_history(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, column_name FROM information_schema.columns WHERE table_name = %s", [table]
        )
        role, column = cursor.fetchone()
    statements = (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}")
    assert role == "portal_app"
    assert [refusal(sql, one) for one in statements] == [f"permission denied for table {table}"] * 3


@pytest.mark.django_db
def test_the_owner_meets_a_trigger():
    found = []
    for table in HISTORY:
        with pytest.raises(psycopg2.Error) as refused:
            as_owner(f"TRUNCATE {table} CASCADE")
        found.append("append-only" in str(refused.value) or str(refused.value))
    assert found == [True] * len(HISTORY)


def test_history_has_no_phone(edition, desk):
    build.contact(edition)
    desk.submitted(phone="13800138099", email="wang@example.test")
    with connection.cursor() as cursor:
        found = {}
        for table in HISTORY:
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} AS t")
            found[table] = cursor.fetchone()[0] or ""
    assert "小芳" in found[f"{ROWS}event"]
    assert [table for table, text in found.items() if "13800138099" in text or "wang@example.test" in text] == []
