"""A small contest with somebody in every role, and the address of every page about it."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core import clock
from core.accounts.models import User
from core.api.services import issue
from core.files.derived.models import Derived
from core.files.inspection.found import Found
from core.files.inspection.models import FileCheck
from core.files.kinds import PNG
from core.files.models import StoredFile, Upload
from core.files.services import keep
from core.files.uploads import begin
from core.jobs.models import Heartbeat, Job
from core.notices import mailbox
from core.notices.models import Notice
from core.states import move
from core.tokens import token_of
from registrations.eligibility_models import EligibilityClaim, Honour
from registrations.entry_models import Entry
from registrations.models import Officer, ReplyPhrase, StampedScan, SummaryExport, Unit, UnitQuota, Workbook
from registrations.services import entering, personal_requests, teams
from registrations.services.facts import FormFacts
from registrations.services.stamping import print_form
from registrations.services.units import invite_officer
from registrations.sheets import row_template
from registrations.work_models import VersionFile, Work, WorkFile, WorkVersion
from tests.awards import world as awards_world
from tests.judging import live_world
from tests.judging import world as judging_world
from tests.registrations import staff
from tests.registrations.works.likeness_traces import copied
from tests.seasons.forces import world as forces_world
from tests.seasons.placing import world as placing_world
from tests.seasons.points import world as points_world
from tests.seasons.training import world as training_world
from tests.tracks import public_world

# The objects are a submitted row of 始兴县科协 on the track “worker”, its form, unit, places, an entry on it, … They
# are its officer's and that track's contact's own, the entry the person's; foreign to the rival (officer of another
# unit) and the stranger (contact of another track).
ROLES = ("anonymous", "person", "officer", "rival", "contact", "stranger", "organiser")


@cache
def addresses() -> dict[str, tuple[str, ...]]:
    """Name (the route itself where it has none) → its arguments, of everything the resolver knows."""

    def walk(resolver: URLResolver, namespace: str = "", above: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        for pattern in resolver.url_patterns:
            route = above + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield f"{namespace}{pattern.name}" if pattern.name else route, tuple(pattern.pattern.regex.groupindex)
            else:
                yield from walk(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""), route)

    return dict(walk(get_resolver()))


@dataclass
class World:
    """Who is signed in with which session, and what the addresses are about."""

    people: dict[str, User]
    sessions: dict[str, str]
    arguments: dict[str, str | int]
    objects: dict[str, Model]

    def path(self, name: str) -> str:
        """The address of a page about the row of 始兴县科协, or about its unit, form, …"""
        page = name.removeprefix("admin:").removeprefix("admin/").replace("/", "_")
        found = [model for model in self.objects if page.startswith(f"{model}_")]
        known = self.arguments | {"object_id": self.objects[found[0]].pk if found else 1}
        if "/" in name:
            return f"/{name}".replace("<path:object_id>", str(known["object_id"])).replace("(?P<url>.*)$", "nowhere")
        return reverse(name, kwargs={argument: known[argument] for argument in addresses()[name]})

    def send(self, role: str, method: str, path: str) -> HttpResponse:
        """What a role is answered; whatever the request wrote is undone."""
        client = Client()
        if role in self.sessions:
            client.cookies["session"] = self.sessions[role]
        with transaction.atomic():
            answer = client.generic(method, path)
            transaction.set_rollback(True)
        return answer


@contextmanager
def a_world() -> Iterator[World]:
    """Make it; a thousand refusals are not logged."""
    logging.disable(logging.ERROR)
    try:
        yield make_world()
    finally:
        logging.disable(logging.NOTSET)
        mailbox.empty()


def work_of(entry: Entry, file: StoredFile) -> tuple[Work, Derived]:
    """A work that was handed in with one checked file, for which a copy without names was asked; its preview."""
    now = clock.now()
    work = Work.objects.create(entry=entry, edition=entry.edition, category="A", begun_at=now, changed_at=now)
    one = WorkFile.objects.create(work=work, material="images", file=file, added_at=now)
    move(FileCheck.objects.create(file=file), "pass", facts=Found(kind=PNG, size=8).stored())
    version = WorkVersion.objects.create(work=work, number=1, submitted_at=now, digest="0" * 64, receipt="0" * 64)
    VersionFile.objects.create(version=version, file=one, position=0)
    move(work, "submit", current=version, submitted_at=now, anonymous_asked_at=now)
    shown = keep(io.BytesIO(b"\x89PNG\r\n\x1a\n"), name="预览.png", owner=None, limit=99)
    return work, Derived.objects.create(original=file, kind="picture", stored=shown)


def upload_of(work: Work, by: User) -> Upload:
    """A file on its way in."""
    return begin(owner=by, purpose=f"work:{work.pk}:images", name="图.png", size=9, sha256="0" * 64, limit=99)


@transaction.atomic
def make_world() -> World:
    """始兴县科协 has an officer, a submitted row and an open invitation; the person (路人) has a draft entry on it."""
    edition = staff.contest()
    clerk = staff.officer()
    row = staff.submitted(edition, 1)[0]
    unit = row.recommendation.unit
    person = User.objects.create_user("路人", email="person@example.test")
    people = {
        "person": person,
        "officer": clerk,
        "rival": staff.officer("广州大学科学技术协会", "rival@example.test"),
        "contact": staff.contact(edition, "worker"),
        "stranger": staff.contact(edition, "youth"),
        "organiser": staff.organiser(),
    }
    for user in people.values():  # with a password, so that what needs it anew can ask
        user.set_password("long-enough-1")
        user.save()
    invitation = invite_officer(unit, by=clerk, email="new@example.test", name="李同事")
    printed, _ = print_form(row.recommendation, by=clerk)
    file = keep(io.BytesIO(b"\x89PNG\r\n\x1a\n"), name="盖章.png", owner=clerk, limit=99)
    scan = StampedScan.objects.create(printed=printed, file=file, found_by="qr", uploaded_by=clerk)
    sheet = keep(io.BytesIO(row_template(FormFacts(row.recommendation))), name="来件.xlsx", owner=clerk, limit=10**6)
    brought = Workbook.objects.create(recommendation=row.recommendation, file=sheet)
    mailed = Workbook.objects.create(recommendation=row.recommendation, file=sheet, letter="12 月 9 日来信")
    values = {"kind": "individual", "organisation": "城南中学", "categories": ["A"], "track": row.track}
    entry = entering.make_entry(edition, values, representative=person, row=row)
    asked = teams.invite(entry, "instructor", by=person, name="何老师")
    claim = EligibilityClaim.objects.create(entry=entry, condition="teacher_or_medic", file=file)
    move(claim, "submit", submitted_at=clock.now())
    work, drawn = work_of(entry, file)
    alike = copied(edition, entry)
    heartbeat, _ = Heartbeat.objects.get_or_create(name="beat")
    mailbox.store("Subject: =?utf-8?b?6YCa55+l?=\nContent-Type: text/plain; charset=utf-8\n\n通知".encode())
    arguments: dict[str, str | int] = {
        "unit": unit.pk, "row": row.pk, "scan": scan.pk, "verb": "withdraw", "token": token_of(invitation),
        "key": mailbox.latest()[0].key, "name": "trial", "who": "unit", "app_label": "registrations",
        "content_type_id": ContentType.objects.get_for_model(Unit).pk, "mailed": mailed.pk,
        "workbook": brought.pk, "entry": entry.pk, "claim": claim.pk, "member": entry.people.get().pk,
        "invitation": asked.pk, "work": work.pk, "category": "A", "number": 1, "material": "images", "how": "remove",
        "file": work.files.get().pk, "derived": drawn.pk, "upload": str(upload_of(work, person).pk),
        "edition": edition.slug,
    }  # fmt: skip
    objects: dict[str, Model] = {
        "accounts_user": person,
        "api_apitoken": issue(label="数据平台", scopes=["entries"], days=30, by=people["organiser"])[0],
        "jobs_job": Job.objects.all()[0],
        "jobs_heartbeat": heartbeat,
        "notices_notice": Notice.objects.all()[0],
        "registrations_recommendationrow": row,
        "registrations_recommendation": row.recommendation,
        "registrations_entry": entry,
        "registrations_work": work,
        "registrations_likeness": alike,
        "registrations_honour": Honour.objects.create(title="finest_worker", holder="王芳", source="示例"),
        "registrations_deletionrequest": personal_requests.ask(person, by=person),
        "registrations_region": unit.region,
        "registrations_officer": Officer.objects.get(user=clerk),
        "registrations_officerinvitation": invitation,
        "registrations_unit": unit,
        "registrations_unitquota": UnitQuota.objects.get(unit=unit),
        "registrations_replyphrase": ReplyPhrase.objects.create(track=row.track, words="队名请按规则填写"),
        "registrations_summaryexport": SummaryExport.objects.create(
            edition=edition, by=people["contact"], scope="科普工作者赛道", rows=1, whole_phones=False
        ),
        "tracks_edition": edition,
        "tracks_category": edition.categories.all()[0],
        "tracks_milestone": edition.milestones.all()[0],
        "tracks_track": row.track,
        "tracks_trackcontact": row.track.contacts.all()[0],
    }
    judging_arguments, judging_objects = judging_world.make(edition, entry, people["rival"])
    arguments |= judging_arguments | live_world.make(edition, people["rival"])
    objects |= judging_objects
    training_arguments, training_objects = training_world.make(edition, entry)
    arguments |= training_arguments
    objects |= training_objects
    point_arguments, point_objects = points_world.make(entry, person, file, people["organiser"])
    arguments |= point_arguments
    objects |= point_objects
    force_arguments, force_objects = forces_world.make(unit, edition, clerk)
    arguments |= force_arguments
    objects |= force_objects
    placing_arguments, placing_objects = placing_world.make(entry, unit, people["organiser"], clerk)
    arguments |= placing_arguments
    objects |= placing_objects
    award_arguments, award_objects = awards_world.make(entry, person, file, people["organiser"])
    arguments |= award_arguments
    objects |= award_objects
    public_arguments, public_objects = public_world.make(row.track, file)
    arguments |= public_arguments
    objects |= public_objects
    sessions = {role: staff.signed_in(user).cookies["session"].value for role, user in people.items()}
    return World(people, sessions, arguments, objects)
