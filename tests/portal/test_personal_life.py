"""R21: a minor goes the whole way, is deleted, and is found nowhere: database, history, files, logs."""

import io
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from aisc_portal import invariants, personal
from core import clock
from core.accounts.models import Session, User
from core.jobs.services import drain_all
from core.logs import Formatter
from core.tokens import token_of
from registrations.entry_models import Entry, RowClaim
from registrations.models import RecommendationRow
from registrations.personal_models import DeletionRequest
from registrations.services import (
    claiming,
    eligibility,
    entering,
    guardians,
    personal_purge,
    revealing,
    reviewing,
    verdicts,
)
from registrations.services.stamping import Upload
from tests.core import good_files
from tests.registrations import build, staff

CHILD, PHONE, MAIL = "祝小满宇", "13800138701", "zhu-xiaomanyu@example.test"
PARENT, PARENT_PHONE, MONTH, EVIDENCE = "祝大满堂", "13800138702", "2011-07", "学生证祝小满宇的扫描件"
WORDS = [CHILD, PHONE, MAIL, PARENT, PARENT_PHONE, MONTH]
PICTURE = good_files.png(label=EVIDENCE)


@dataclass
class Life:
    """祝小满宇 is recommended, claims the place, is consented to, returned once, accepted."""

    desk: build.Desk
    organiser: User
    child: User
    entry: Entry
    browser: Client


def live(edition) -> Life:
    """The whole way, by the services and pages that people use."""
    desk, contact, organiser = build.desk(edition), build.contact(edition, "youth"), staff.organiser()
    (row,) = desk.submitted(track="youth", name=CHILD, phone=PHONE, email=MAIL)
    reviewing.return_row(row, reason=f"{CHILD}的学校请写全称", by=contact)
    row = desk.mended(RecommendationRow.objects.get(), reply=f"{CHILD}的学校没有写错", organisation="城南中学")
    desk.stamp()
    reviewing.approve_row(row, by=contact)
    (code,) = claiming.issue_codes([RecommendationRow.objects.get(pk=row.pk)], by=desk.officer)
    claiming.send_code(code, by=desk.officer)
    child = User.objects.create_user(CHILD, phone=PHONE, email=MAIL)
    browser = staff.signed_in(child)
    browser.get("/claim/")
    browser.post(f"/claims/{token_of(RowClaim.objects.get())}/")
    entry = Entry.objects.get()
    member = entry.people.get()
    for month in ("2011-08", MONTH):
        guardians.save_birth(member, month, by=child)
    asked = guardians.ask(member, name=PARENT, phone=PARENT_PHONE, relation="母亲", by=child)
    drain_all()
    guardians.give(asked, signed=PARENT)
    upload = Upload(f"{EVIDENCE}.png", io.BytesIO(PICTURE))
    eligibility.save_claim(entry, "pupil", {"statement": f"{CHILD}是本校学生"}, by=child, upload=upload)
    entering.enter(entry, by=child, accepted=("privacy", "originality", "display"))
    claim = entry.claims.get()
    verdicts.return_claim(claim, reason=f"{CHILD}的学生证不清楚", seen=verdicts.mark(claim), by=contact)
    eligibility.save_claim(entry, "pupil", {"statement": "补了一张"}, by=child)
    eligibility.submit_claims(entry, by=child)
    claim = entry.claims.get()
    verdicts.accept_claim(claim, seen=verdicts.mark(claim), by=contact)
    revealing.reveal_member_phone(member, by=contact)
    guardians.reveal(asked, by=contact)
    browser.post("/account/personal/export/")
    browser.post("/account/personal/", {"ask": "1", "reason": f"{CHILD}不参加了"})
    drain_all()
    return Life(desk, organiser, child, Entry.objects.get(), browser)


def tables() -> dict[str, str]:
    """Every table of the database as text; sessions are opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" AS t')
            found[table] = cursor.fetchone()[0] or ""
    found["accounts_session"] += str([session.get_decoded() for session in Session.objects.all()])
    return found


def named_in(texts: dict[str, str]) -> dict[str, list[str]]:
    """Which of the words stand where."""
    found = {place: [word for word in WORDS if word in text] for place, text in texts.items()}
    return {place: words for place, words in found.items() if words}


@pytest.fixture
def logged():
    """What the portal writes to its log, everything included."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter("{name} {message}", style="{"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("core").setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    logging.getLogger("core").setLevel(logging.INFO)


@pytest.fixture
def life(edition, logged, settings, tmp_path) -> Life:
    settings.MEDIA_ROOT = tmp_path
    return live(edition)


def test_a_deleted_minor_is_found_nowhere(life, logged):
    seen = set(named_in(tables()))
    assert {"registrations_memberevent", "registrations_recommendationrowevent", "files_storedfile"} <= seen
    before = personal_purge.statistics()
    report = personal.carry_out(DeletionRequest.objects.get(), reason="依本人申请", by=life.organiser)
    drain_all()
    personal.expire(clock.now())
    assert (named_in(tables()), set(report.left)) == ({"registrations_printedform": [CHILD]}, {"打印件", "通知"})
    assert personal_purge.statistics() == before
    personal.expire(clock.now() + timedelta(days=3000))
    drain_all()
    files = {
        str(path): path.read_bytes().decode("latin-1")
        for path in Path(settings.MEDIA_ROOT).rglob("*")
        if path.is_file()
    }
    assert (named_in(tables()), files) == ({}, {})
    assert [word for word in WORDS if word in logged.getvalue()] == []


def test_what_is_sealed_stands_nowhere_in_clear(life, logged):
    """While everything is still kept: no table, history, job, notice or log has the guardian or the month of birth."""
    sealed = {PARENT, PARENT_PHONE, MONTH}
    found = {place: sealed & set(words) for place, words in named_in(tables()).items()}
    assert {place: words for place, words in found.items() if words} == {}
    assert [word for word in WORDS if word in logged.getvalue()] == []


def test_the_rehearsal_says_the_same_and_does_nothing(life):
    asked = DeletionRequest.objects.get()
    before = tables()
    rehearsed = personal.rehearse(asked)
    assert tables() == before
    done = personal.carry_out(asked, reason="依本人申请", by=life.organiser)
    assert (rehearsed.removed, rehearsed.counted) == (done.removed, done.counted)


def test_result_stays_under_an_alias_and_the_account_is_closed(life):
    personal.carry_out(DeletionRequest.objects.get(), reason="依本人申请", by=life.organiser)
    row, member, child = RecommendationRow.objects.get(), life.entry.people.get(), User.objects.get(pk=life.child.pk)
    assert (row.state, life.desk.quota.taken, Entry.objects.get().state) == ("approved", 1, "accepted")
    assert row.name == member.name == child.real_name
    assert member.name.startswith("参赛者")
    assert (row.phone, row.email, member.band, child.phone, child.is_active) == ("", "", "under_first", None, False)
    assert life.browser.get("/account/personal/").status_code == 302
    assert [finding for finding in invariants.check() if finding[1]] == []


def test_a_guardians_withdrawal_leaves_nothing_in_history(life):
    guardians.forget_minor(life.entry.people.get())
    found = named_in({name: text for name, text in tables().items() if name.startswith("registrations_member")})
    assert found == {}
