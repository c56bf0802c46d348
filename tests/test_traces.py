"""Every service leaves its trace: who did what, under a verb with a Chinese name. A service without a case fails."""

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from PIL import Image

from aisc_portal import editions
from core.accounts import invitations
from core.accounts.models import User
from core.api import services as tokens
from core.audit.timeline import verb_label
from core.files import uploads
from core.files.models import Upload
from core.jobs import services as jobs
from core.jobs.models import Job
from core.notices import services as notices
from core.notices.models import Notice
from core.sheets import Book, Sheet, find_table
from registrations import grid
from registrations.models import Officer, OfficerInvitation, RecommendationRow, Unit, UnitQuota
from registrations.services import (
    adoption,
    importing,
    inviting,
    recommending,
    register,
    reviewing,
    sheet,
    stamping,
    units,
)
from registrations.services.facts import FormFacts
from registrations.sheets import INVITE_COLUMNS, unit_columns
from tests.awards import certificate_traces
from tests.awards import traces as award_traces
from tests.contest import GUANGDONG
from tests.judging import live_traces
from tests.judging import traces as judging_traces
from tests.portal import personal_traces
from tests.portal.breaking import other_edition
from tests.registrations import build, contact_traces, staff
from tests.registrations.entries import eligibility_traces, team_traces
from tests.registrations.entries import traces as entry_traces
from tests.registrations.paper import file_of, upload
from tests.registrations.works import likeness_traces
from tests.registrations.works import traces as work_traces
from tests.seasons import traces as season_traces
from tests.seasons.training import traces as training_traces
from tests.tracks import traces as public_traces
from tracks import services as tracks
from tracks.models import Edition, TrackContact

ROOT = Path(__file__).parents[1]
APPS = ("core", "tracks", "registrations", "judging", "seasons", "awards", "aisc_portal")
NOT_SERVICES = {"core.audit.history.recorded"}  # it is what the others leave their trace with


@dataclass
class Stage:
    """始兴县科协 with an officer, a submitted row and an open invitation; another person."""

    edition: Edition
    row: RecommendationRow
    invitation: OfficerInvitation
    person: User

    @property
    def unit(self) -> Unit:
        return self.row.recommendation.unit

    @property
    def quota(self) -> UnitQuota:
        return UnitQuota.objects.get(unit=self.unit, edition=self.edition)

    @property
    def officer(self) -> Officer:
        return self.unit.officers.get()

    @property
    def other(self) -> Unit:
        return Unit.objects.get(full_name="广州大学科学技术协会")

    def draft(self) -> RecommendationRow:
        return recommending.save_row(
            self.row.recommendation, {"name": "王芳", "track": self.row.track}, by=self.officer.user
        )

    def withdrawn(self) -> RecommendationRow:
        recommending.withdraw_row(self.row, by=self.officer.user)
        return self.row

    def ready(self) -> RecommendationRow:
        build.stamp(self.row.recommendation, by=self.officer.user)
        return self.row

    def right_draft(self) -> list[RecommendationRow]:
        return [recommending.restore_row(self.withdrawn(), by=self.officer.user) or self.row]

    def contact(self) -> TrackContact:
        return tracks.appoint_contact(self.row.track, self.person, by=None)

    def dead_job(self) -> Job:
        Job.objects.update(state="running", leased_by="x")
        Job.objects.update(state="dead")
        return Job.objects.first()

    def begun_upload(self) -> Upload:
        return uploads.begin(owner=self.person, purpose="x", name="a.pdf", size=1, sha256="0" * 64, limit=1)

    def token(self) -> tokens.ApiToken:
        return tokens.issue(label="旧平台", scopes=["works"], days=1, by=User.objects.get(is_superuser=True))[0]

    def failed_notice(self) -> Notice:
        notice = Notice.objects.exclude(recipient=None).first()
        for state in ("sending", "failed"):
            Notice.objects.filter(pk=notice.pk).update(state=state)
        notice.refresh_from_db()
        return notice

    def new_deadline(self) -> dict[str, Any]:
        found = self.edition.milestones.get(closes__contains=["recommend"])
        later = found.ends_at + timedelta(days=1)
        return {"milestone": found, "starts_at": found.starts_at, "ends_at": later, "reason": "顺延一天"}

    def new_unit_in_the_list(self) -> Callable[..., Any]:
        Unit.objects.filter(officers=None, recommendations=None, invitations=None)[0].delete()
        return register.load_register

    def renamed_unit(self) -> Unit:
        unit = self.other
        unit.full_name = "广州大学科协"
        return unit

    def typed_into(self) -> Callable[..., Any]:
        draft = self.draft()
        facts = FormFacts(draft.recommendation)
        cells = grid.cells_of(facts, draft)
        typed = grid.Posted(str(draft.pk), cells.mark, replace(cells, name="王小芳"))
        return partial(grid.save_grid, draft.recommendation, facts, [typed])

    def stamped(self) -> Callable[..., Any]:
        printed, _ = stamping.print_form(self.row.recommendation, by=self.officer.user)
        page = upload(file_of([Image.new("L", (400, 300), 255)]), "盖章.jpg")
        typed = stamping.code_of(printed)
        return partial(stamping.upload_scan, self.row.recommendation, [page], typed=typed)

    def unsaved_invitation(self) -> OfficerInvitation:
        return OfficerInvitation(unit=self.other, email="other@example.test")


def table(columns: Any, *cells: str) -> Any:
    return find_table(Book("表.xlsx", [Sheet("表", [[column.label for column in columns], list(cells)])]), columns)


NEW_UNIT = ("广东省光学学会", "广东省光学学会", "省级学会（协会、研究会）", "440000", "", "")
AMENDED = GUANGDONG.read_text(encoding="utf-8") + "\n# 订正一个字\n"

# Service → its verb, and what prepares a call that lacks only `by`.
CASES: dict[Callable[..., Any], tuple[str, Callable[[Stage], Callable[..., Any]]]] = {
    invitations.issue: ("invitation.issued", lambda s: partial(invitations.issue, s.unsaved_invitation())),
    invitations.accept: ("invitation.accepted", lambda s: partial(invitations.accept, s.invitation)),
    invitations.revoke: ("invitation.revoked", lambda s: partial(invitations.revoke, s.invitation)),
    invitations.decline: ("invitation.declined", lambda s: partial(invitations.decline, s.invitation)),
    tokens.issue: ("token.issued", lambda s: partial(tokens.issue, label="平台", scopes=["works"], days=1)),
    tokens.revoke: ("token.revoked", lambda s: partial(tokens.revoke, s.token(), reason="不再使用")),
    uploads.cancel: ("upload.cancelled", lambda s: partial(uploads.cancel, s.begun_upload())),
    jobs.retry: ("job.retried", lambda s: partial(jobs.retry, s.dead_job())),
    notices.resend: ("notice.resent", lambda s: partial(notices.resend, s.failed_notice())),
    tracks.set_milestone: ("milestone.changed", lambda s: partial(tracks.set_milestone, **s.new_deadline())),
    tracks.make_current: ("edition.current", lambda s: partial(tracks.make_current, other_edition(), reason="新一届")),
    tracks.appoint_contact: ("contact.appointed", lambda s: partial(tracks.appoint_contact, s.row.track, s.person)),
    tracks.remove_contact: ("contact.removed", lambda s: partial(tracks.remove_contact, s.contact(), reason="调岗")),
    editions.load: ("edition.amended", lambda s: partial(editions.load, AMENDED, reason="订正")),
    register.load_register: ("unit.loaded", lambda s: s.new_unit_in_the_list()),
    adoption.set_limit: ("quota.set", lambda s: partial(adoption.set_limit, s.quota, 30, reason="扩面")),
    importing.import_units: (
        "unit.imported",
        lambda s: partial(importing.import_units, table(unit_columns(), *NEW_UNIT)),
    ),
    inviting.invite_listed: (
        "officer.invited",
        lambda s: partial(inviting.invite_listed, table(INVITE_COLUMNS, s.other.full_name, "a@example.test", "")),
    ),
    units.save_unit: ("unit.changed", lambda s: partial(units.save_unit, s.renamed_unit())),
    units.invite_officer: ("officer.invited", lambda s: partial(units.invite_officer, s.other, email="a@example.test")),
    units.invite_many: ("officer.invited", lambda s: partial(units.invite_many, [(s.other, "a@example.test", "")])),
    units.resend_invitation: ("officer.invitation_resent", lambda s: partial(units.resend_invitation, s.invitation)),
    units.revoke_invitation: ("invitation.revoked", lambda s: partial(units.revoke_invitation, s.invitation)),
    units.join: ("officer.joined", lambda s: partial(units.join, s.invitation)),
    units.remove_officer: ("officer.removed", lambda s: partial(units.remove_officer, s.officer, reason="调岗")),
    recommending.form_of: ("form.opened", lambda s: partial(recommending.form_of, s.other, s.edition)),
    recommending.save_row: (
        "row.added",
        lambda s: partial(recommending.save_row, s.row.recommendation, {"track": s.row.track}),
    ),
    recommending.delete_row: ("row.deleted", lambda s: partial(recommending.delete_row, s.draft())),
    recommending.submit_rows: (
        "row.submitted",
        lambda s: partial(recommending.submit_rows, s.row.recommendation, s.right_draft()),
    ),
    recommending.withdraw_row: ("row.withdrawn", lambda s: partial(recommending.withdraw_row, s.row)),
    recommending.restore_row: ("row.restored", lambda s: partial(recommending.restore_row, s.withdrawn())),
    grid.save_grid: ("row.saved", lambda s: s.typed_into()),
    sheet.move_row: ("row.moved", lambda s: partial(sheet.move_row, s.draft(), before=s.draft())),
    sheet.confirm_phone: ("row.phone_confirmed", lambda s: partial(sheet.confirm_phone, s.draft())),
    sheet.reveal_phone: ("row.phone_shown", lambda s: partial(sheet.reveal_phone, s.row)),
    adoption.return_places: ("quota.returned_by_unit", lambda s: partial(adoption.return_places, s.quota, 2)),
    stamping.print_form: ("form.printed", lambda s: partial(stamping.print_form, s.row.recommendation)),
    stamping.upload_scan: ("scan.uploaded", lambda s: s.stamped()),
    reviewing.approve_row: ("row.approved", lambda s: partial(reviewing.approve_row, s.ready())),
    reviewing.return_row: ("row.returned", lambda s: partial(reviewing.return_row, s.row, reason="队名有误")),
    reviewing.approve_rows: ("row.approved", lambda s: partial(reviewing.approve_rows, [s.ready()])),
    reviewing.return_rows: ("row.returned", lambda s: partial(reviewing.return_rows, [s.row], reason="队名有误")),
}
CASES |= (
    contact_traces.CASES
    | entry_traces.CASES
    | team_traces.CASES
    | eligibility_traces.CASES
    | personal_traces.CASES
    | judging_traces.CASES
    | season_traces.CASES
    | training_traces.CASES
    | live_traces.CASES
    | award_traces.CASES
    | certificate_traces.CASES
)
CASES |= likeness_traces.CASES | work_traces.CASES | public_traces.CASES


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def modules() -> list[str]:
    """Every module of ours that the services may live in."""
    paths = [path.relative_to(ROOT) for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    outside = {"migrations", "management", "rehearsal", "settings.py", "wsgi.py"}
    parts = [path.with_suffix("").parts for path in paths if not outside & set(path.parts)]
    return [".".join(p[:-1] if p[-1] == "__init__" else p) for p in parts]


def services() -> set[str]:
    """Public functions that take `by`, the person who does it."""
    return {
        name_of(function)
        for module in modules()
        for name, function in inspect.getmembers(import_module(module), inspect.isfunction)
        if function.__module__ == module and not name.startswith("_") and "by" in inspect.signature(function).parameters
    } - NOT_SERVICES


def histories() -> list[Any]:
    """The history table of every model that keeps one."""
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def marks() -> dict[Any, int]:
    return {model: getattr(model.objects.order_by("pgh_id").last(), "pgh_id", 0) for model in histories()}


@pytest.fixture
def stage(db: None) -> Stage:
    edition = staff.contest()
    row = staff.submitted(edition, 1)[0]
    invitation = units.invite_officer(row.recommendation.unit, by=None, email="new@example.test")
    return Stage(edition, row, invitation, User.objects.create_user("路人", email="person@example.test"))


def test_every_service_has_a_case() -> None:
    assert services() == {name_of(function) for function in CASES}


def test_every_service_leaves_its_trace(stage: Stage) -> None:
    me, wrong = staff.organiser(), {}
    for service, (verb, prepare) in CASES.items():
        with transaction.atomic():
            deed, before = prepare(stage), marks()
            deed(by=me)
            events = [event for model, mark in before.items() for event in model.objects.filter(pgh_id__gt=mark)]
            transaction.set_rollback(True)
        stage.row.refresh_from_db()
        stage.invitation.refresh_from_db()
        told = {((event.pgh_context or {}).get("verb"), (event.pgh_context or {}).get("actor")) for event in events}
        strangers = {who for _, who in told} - {me.pk}
        if (verb, me.pk) not in told or strangers:
            wrong[name_of(service)] = told
    assert wrong == {}


def test_no_contact_enters_history() -> None:
    """Phones, mailboxes and secrets stay out of tables that nothing can be taken out of again (decision 5)."""
    secret = {"phone", "email", "address", "password", "nonce", "html", "text", "payload"}
    kept = {(m._meta.label, f.name) for m in histories() for f in m._meta.local_fields if f.name in secret}
    lessons = {("seasons.MaterialEvent", "text"), ("seasons.QuestionEvent", "text")}  # what a whole course reads
    assert kept == lessons


def verbs_in_the_sources() -> set[str]:
    """The verbs given to `recorded(…)`, and those of the admin's pages."""
    given = set()
    for module in modules():
        tree = ast.parse(inspect.getsource(import_module(module)))
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "recorded"]
        given |= {node.value for call in calls for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)}
    pages = {verb for page in admin.site._registry.values() for verb in getattr(page, "verbs", {}).values()}
    return {verb for verb in given | pages if isinstance(verb, str)}


def test_every_verb_has_a_chinese_name() -> None:
    assert {
        verb for verb in verbs_in_the_sources() if not re.fullmatch(r"[\u4e00-\u9fff，、]+", verb_label(verb))
    } == set()


def test_no_name_without_a_verb() -> None:
    named = {
        verb
        for module in modules()
        if module.endswith(".states")
        for verb in getattr(import_module(module), "VERBS", {})
    }
    text = "\n".join(inspect.getsource(import_module(module)) for module in modules() if not module.endswith(".states"))
    assert {verb for verb in named if f'"{verb}"' not in text} == set()


def test_pages_that_write_name_their_verbs() -> None:
    """An admin page whose form writes says under which verb; else the timeline would show a code."""
    missing = [
        f"{page} {deed}"
        for page in admin.site._registry.values()
        for deed in {"add", "change", "delete"} & set(getattr(page, "organiser_may", ()))
        if deed not in page.verbs
    ]
    assert missing == []
