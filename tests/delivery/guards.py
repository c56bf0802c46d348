"""The guards of R1–R6: what holds places, deadlines and forms, and the test that would notice if it were gone (R22)."""

from dataclasses import dataclass

from django.db.models import Model

from core.models import FormKey
from registrations.models import PLACES_CHECK, RecommendationRow, UnitQuota

REGISTRATIONS = "tests/registrations"
FACTS, SUBMIT = "registrations/services/facts.py", "registrations/services/recommending.py"
ENTERING, ONCE = "registrations/services/entering.py", "core/idempotency.py"


@dataclass(frozen=True)
class Guard:
    """One guard: how to take it away, in the source (file, what stands there, what would) or in the database (sql)."""

    proof: str
    name: str
    test: str  # fails without it
    file: str = ""
    there: str = ""
    instead: str = ""
    sql: str = ""

    def __str__(self) -> str:
        return f"{self.proof} {self.name}"


def trigger(model: type[Model], name: str) -> str:
    """SQL that takes a trigger of a model away."""
    (found,) = [one for one in model._meta.triggers if one.name == name]
    return f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER {found.get_pgid(model)}"


def constraint(model: type[Model], name: str) -> str:
    """SQL that takes a constraint of a model away."""
    assert name in {one.name for one in model._meta.constraints}
    return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {name}"


PLACES = f"{REGISTRATIONS}/test_race_places.py"
DATABASE = f"{REGISTRATIONS}/test_database_guards.py"
DEEDS = f"{REGISTRATIONS}/test_race_deeds.py"
DEADLINE = f"{REGISTRATIONS}/test_race_deadline.py"
IN_TIME = f"{DEADLINE}::test_in_time_is_before_the_bound_and_nothing_else"
UPLOADS = f"{REGISTRATIONS}/works/test_work_deadline.py"
RUSH = f"{REGISTRATIONS}/entries/test_rush.py::test_the_bound_passes_while_people_save_and_submit"
KEYS = "tests/core/test_idempotency.py"

GUARDS = (
    # --- Places: R1, R2, R3 ---
    Guard(
        "R1", "the trigger counts the places",
        f"{PLACES}::test_no_place_is_oversold_lost_or_left_whatever_way_is_taken",
        sql=trigger(RecommendationRow, "count_places"),
    ),
    Guard(
        "R1", "the CHECK holds the limit", f"{DATABASE}::test_no_way_of_writing_goes_over_the_limit",
        sql=constraint(UnitQuota, PLACES_CHECK),
    ),
    Guard(
        "R1", "nobody but the trigger counts", f"{DATABASE}::test_the_count_is_the_databases_own",
        sql=trigger(UnitQuota, "taken_is_counted"),
    ),
    Guard(
        "R2", "the CHECK's refusal reads like the rule's",
        f"{PLACES}::test_a_refusal_by_the_check_reads_like_the_rules",
        SUBMIT, "        if constraint == PLACES_CHECK:", "        if False:",
    ),
    Guard(
        "R3", "a limit stays above what is taken", f"{DATABASE}::test_the_limit_stays_above_what_is_taken",
        sql=constraint(UnitQuota, PLACES_CHECK),
    ),
    Guard(
        "R3", "the database knows the moves", f"{DATABASE}::test_only_the_tables_moves_are_made",
        sql=trigger(RecommendationRow, "state_moves"),
    ),
    Guard(
        "R3", "the database knows the first state", f"{DATABASE}::test_a_row_starts_as_a_draft",
        sql=trigger(RecommendationRow, "state_starts"),
    ),
    Guard(
        "R3", "a move compares before it sets", f"{DEEDS}::test_no_order_of_deeds_loses_or_gains_a_place",
        "core/states.py", 'rows.filter(**{f"{field}__in": transition.sources}).update(', "rows.update(",
    ),
    Guard(
        "R3", "rows are locked before their places", f"{DEEDS}::test_whoever_submits_has_the_rows_before_the_places",
        SUBMIT, "            rows = form.rows.select_for_update(",
        "            _lock_quota(form)\n            rows = form.rows.select_for_update(",
    ),
    # --- Deadlines: R4, R5 ---
    Guard(
        "R4", "a unit's deadline", IN_TIME,
        SUBMIT, "        problems += check_window(facts.window, now)\n", "",
    ),
    Guard(
        "R4", "a unit's own deadline", IN_TIME,
        FACTS, 'extend_window(form.edition.window("recommend"), quota.extended_until)',
        'form.edition.window("recommend")',
    ),
    Guard(
        "R4", "the end of 补正", IN_TIME,
        FACTS, 'check_correction(row.correct_until, self.window, now) if row.state == "returned" else []', "[]",
    ),
    Guard(
        "R4", "the time is taken before one queues",
        f"{DEADLINE}::test_who_came_in_time_is_in_time_though_the_bound_passes_in_the_queue",
        SUBMIT, "            problems = submission_problems(FormFacts(form, quota), found, now)",
        "            now = clock.now()\n"
        "            problems = submission_problems(FormFacts(form, quota), found, now)",
    ),
    Guard(
        "R4", "a file's deadline and its grace", f"{UPLOADS}::test_grace_is_for_what_was_announced_in_time",
        "registrations/services/work_files.py",
        "refuse_if(check_upload(dossier.standing, announced.created_at if announced else now, now))", "pass",
    ),
    Guard(
        "R5", "nothing is saved after the bound", RUSH,
        ENTERING, "    return check_window(dossier.window, dossier.now)", "    return []",
    ),
    Guard(
        "R5", "who entered has a receipt", RUSH,
        ENTERING, "        _tell_entered(entry, dossier)\n", "",
    ),
    # --- One effect a form: R6 ---
    Guard(
        "R6", "a key is claimed by one", f"{REGISTRATIONS}/test_race_keys.py::test_many_clicks_are_one",
        ONCE, "            if claim(user, key, digest):", "            if claim(user, key, digest) or True:",
    ),
    Guard(
        "R6", "the key is kept unique by the database", f"{KEYS}::test_the_second_sending_gets_the_first_answer",
        sql=constraint(FormKey, "one_effect_a_form"),
    ),
    Guard(
        "R6", "other contents are refused", f"{KEYS}::test_the_same_key_with_other_contents_is_refused",
        ONCE, "if known.request_hash == digest else _other(request)", "",
    ),
    Guard(
        "R6", "the key goes when nothing came of it", KEYS,
        ONCE, "else:\n                    release(user, key)", "else:\n                    pass",
    ),
    Guard(
        "R6", "key and effect are one transaction", KEYS,
        ONCE, "        with transaction.atomic():", "        if True:",
    ),
    Guard(
        "R6", "a page's form is counted once", "tests/test_once.py::test_every_form_is_taken_once",
        "registrations/views/grid.py", "@once\ndef recommendation(", "def recommendation(",
    ),
    Guard(
        "R6", "the admin's forms are counted once", f"{REGISTRATIONS}/test_admin_once.py::test_a_row_is_returned_once",
        "core/portal_admin.py", "super().admin_view(once(view), cacheable)", "super().admin_view(view, cacheable)",
    ),
)  # fmt: skip
