"""The cockpit: its numbers are the rows', a contact sees their share, it asks the same however much there is."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from aisc_portal import checkups
from aisc_portal.cockpit import addresses, funnel, shares
from aisc_portal.cockpit.coming import coming
from aisc_portal.cockpit.figures import Figures
from core import clock
from core.accounts.models import User
from core.audit import backups
from core.audit.backups import Backups
from core.audit.models import Checkup
from core.jobs.services import drain_all
from core.notices.models import Notice
from core.notices.services import send_trial
from core.problems import Refused
from core.states import move
from registrations.models import OfficerInvitation, RecommendationRow
from registrations.services import claim_urging, recommending, reviewing, units
from tests.registrations import build
from tests.registrations.staff import contact, organiser, signed_in
from tracks.models import Edition

pytestmark = pytest.mark.django_db


def figures(edition: Edition, user=None) -> Figures:
    return Figures(user or organiser(), edition, clock.now())


def desk(edition: Edition, kind: str = "county") -> build.Desk:
    return build.desk(edition, kind)


def test_the_funnel_counts_units_and_rows(edition):
    me = organiser()
    rows = desk(edition).stamped(2)
    desk(edition, "university").row()
    build.unit("society")
    reviewing.approve_row(rows[0], by=me)
    found = figures(edition, me)
    assert [(step.label, step.number) for step in funnel.units(found)] == [
        ("受邀", 3), ("已开通", 2), ("已填写", 2), ("已提交", 1),
    ]  # fmt: skip
    assert [step.number for step in funnel.teams(found)[:4]] == [2, 1, 0, 0]


def since_yesterday(edition: Edition) -> str:
    return funnel.since_yesterday(funnel.teams(figures(edition, User.objects.get(is_superuser=True))))


def test_the_funnel_says_what_is_more_than_yesterday(edition, settings):
    """History knows what stood there at midnight: handing in anew is no more, withdrawing is less."""
    settings.DEMO = True  # history tells contest time, as in production
    me, one = organiser(), desk(edition)
    rows = one.stamped(3)
    reviewing.approve_row(rows[0], by=me)
    assert since_yesterday(edition) == "推荐队伍\u00a0+3，审核通过\u00a0+1"
    assert "较昨天：推荐队伍\u00a0+3，审核通过\u00a0+1" in signed_in(me).get(reverse("cockpit")).content.decode()
    clock.set_now(clock.now() + timedelta(days=1))
    assert since_yesterday(edition) == "没有变化"
    reviewing.approve_row(rows[1], by=me)
    recommending.withdraw_row(rows[0], by=one.officer)
    assert since_yesterday(edition) == "推荐队伍\u00a0−1"


def test_a_row_that_was_returned_and_came_back_is_no_more(edition, settings):
    settings.DEMO = True
    me, one = organiser(), desk(edition)
    row = one.stamped(1)[0]
    clock.set_now(clock.now() + timedelta(days=1))
    reviewing.return_row(row, by=me, reason="单位写错了")
    one.mended(RecommendationRow.objects.get())
    assert since_yesterday(edition) == "没有变化"


def test_where_history_keeps_another_time_nothing_is_said(edition):
    """As in a rehearsal, whose clock is moved."""
    desk(edition).submitted(1)
    me = organiser()
    page = signed_in(me).get(reverse("cockpit")).content.decode()
    assert (figures(edition, me).growth, "较昨天" in page) == (None, False)


def test_the_next_date_says_whom_it_concerns(edition):
    desk(edition).submitted(1)
    desk(edition, "university").row()
    first = coming(figures(edition))[0]
    assert first.heading == "再过 5 天：单位推荐截止，1 个单位未提交"
    assert first.detail.endswith("其中 1 行已填写，只差提交")


def test_a_contact_counts_their_track_alone(edition):
    desk(edition).submitted(2)
    desk(edition, "university").submitted(1, track="university")
    for track, count in (("worker", 2), ("university", 1)):
        found = figures(edition, contact(edition, track))
        assert [sum(line.numbers[:1]) for line in shares.by_track(found).lines] == [count]


@pytest.mark.parametrize("who", [organiser, lambda: contact(Edition.objects.get(), "worker")])
def test_it_asks_the_same_at_one_and_at_three(edition, django_assert_max_num_queries, who):
    client, at = signed_in(who()), reverse("cockpit")
    desk(edition).stamped(1)
    client.get(at)  # a process keeps the edition
    with django_assert_max_num_queries(20) as one:
        client.get(at)
    for kind in ("university", "society"):
        desk(edition, kind).stamped(1)
    with django_assert_max_num_queries(len(one)):
        assert client.get(at).status_code == 200


def test_the_workbook_has_the_same_numbers(edition):
    desk(edition).submitted(2)
    answer = signed_in(organiser()).get(reverse("cockpit_workbook"))
    book = load_workbook(io.BytesIO(answer.content))
    assert [row[:4] for row in book["按地市"].iter_rows(values_only=True)][1] == ("韶关", 1, 1, 0)
    assert len(book.sheetnames) == len(shares.shares(figures(edition, contact(edition, "worker"))))


# --- Urging ---------------------------------------------------------------------------------------------


def picked(kind: str, *desks: build.Desk, **more: str) -> dict[str, object]:
    return {"action": kind, "_selected_action": [one.quota.pk for one in desks], **more}


def test_urging_shows_the_notice_and_then_sends_it_once_a_day(edition):
    one, client = desk(edition), signed_in(organiser())
    assert "通知预览" in client.post(reverse("cockpit_urge"), picked("report", one)).content.decode()
    assert not Notice.objects.filter(template="report-urged").exists()
    for _ in range(2):
        client.post(reverse("cockpit_urge"), picked("report", one, confirmed="yes"))
    assert Notice.objects.filter(template="report-urged").count() == 1


def test_a_contact_cannot_urge_units_of_another_track(edition):
    one = desk(edition, "university")
    client = signed_in(contact(edition, "worker"))
    client.post(reverse("cockpit_urge"), picked("report", one, confirmed="yes"))
    assert not Notice.objects.filter(template="report-urged").exists()


def test_unclaimed_places_are_urged_once_a_day(edition):
    me, one = organiser(), desk(edition)
    reviewing.approve_row(one.stamped(1)[0], by=me)
    claim_urging.urge(one.quota, by=me)
    with pytest.raises(Refused, match="今天已经催过"):
        claim_urging.urge(one.quota, by=me)
    assert "1 个名额未认领" in Notice.objects.get(template="claims-urged").subject


def test_nothing_to_claim_is_not_urged(edition):
    with pytest.raises(Refused, match="都已认领"):
        claim_urging.urge(desk(edition).quota, by=organiser())


# --- The check --------------------------------------------------------------------------------------------


def test_a_check_is_kept_and_shown(edition):
    client = signed_in(organiser())
    client.post(reverse("cockpit_check"))
    assert "正在检查" in client.get(reverse("cockpit")).content.decode()
    drain_all()
    found = Checkup.objects.get()
    assert (len(found.checks) > 12, found.failing) == (True, 0)
    assert "项全部通过" in client.get(reverse("cockpit")).content.decode()


def test_one_check_at_a_time(db):
    assert [checkups.ask(), checkups.ask()] == [True, False]


def test_what_is_broken_is_counted(db, edition, monkeypatch):
    monkeypatch.setattr("aisc_portal.invariants.EVERY_APP", (lambda: iter([("甲", []), ("乙", ["一", "二"])]),))
    assert checkups.run().pairs == [("乙", 2), ("甲", 0)]


# --- Backups ----------------------------------------------------------------------------------------------


def test_the_last_backup_is_told(edition, tmp_path):
    client, file = signed_in(organiser()), tmp_path / "portal.dump"
    assert "没有备份记录" in client.get(reverse("cockpit")).content.decode()
    file.write_bytes(b"0" * 3000)
    for told in (["--files", str(file)], ["--drill", "failed"], ["--drill", "passed"]):
        call_command("backup", *told, stdout=io.StringIO())
    page = client.get(reverse("cockpit")).content.decode()
    assert ("没有备份记录" in page, "没有演练记录" in page, "没有通过</span>" in page) == (False, False, False)
    assert (backups.last().made.bytes, backups.last().drill.drill, backups.last().late) == (3000, True, False)


def test_an_old_backup_is_late(edition):
    mark = backups.made(1)
    mark.refresh_from_db()
    hours = [Backups(mark, None, mark.at + timedelta(hours=h)).late for h in (30, 31)]
    assert (hours, Backups(None, None, mark.at).late) == ([False, True], True)


@pytest.mark.parametrize("told", [["--bytes", "0"], ["--files", "/nowhere/portal.dump"]])
def test_an_empty_backup_is_none(edition, told):
    with pytest.raises(CommandError):
        call_command("backup", *told)


# --- 改地址 -------------------------------------------------------------------------------------------------


def astray(edition: Edition, email: str = "wrong@example.test") -> Notice:
    """An officer's invitation that did not arrive."""
    unit = desk(edition).unit
    invitation = units.invite_officer(unit, by=None, email=email, name="经办人")
    notice = Notice.objects.get(template="officer-invited", object_id=str(invitation.pk))
    move(notice, "fail", last_error="550 mailbox unavailable")
    return notice


def test_an_invitation_goes_out_again_to_the_right_address(edition):
    me, notice = organiser(), astray(edition)
    client, at = signed_in(me), reverse("cockpit_address", args=[notice.pk])
    assert at in client.get(reverse("cockpit")).content.decode()
    assert "w***@example.test" in client.get(at).content.decode()
    client.post(at, {"email": "right@example.test"})
    old, new = (
        OfficerInvitation.objects.order_by("pk").filter(unit=notice.about.unit).exclude(accepted_at__isnull=False)
    )
    assert (old.status, new.status, new.email, new.name) == ("revoked", "open", "right@example.test", "经办人")
    assert Notice.objects.get(object_id=str(new.pk), template="officer-invited").address == "right@example.test"
    assert at not in client.get(reverse("cockpit")).content.decode()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({}, "invite.no_address"),
        ({"phone": "123"}, "phone.form"),
        ({"email": "wrong@example.test"}, "address.same"),
    ],
)
def test_what_is_no_address_leaves_the_old_invitation(edition, typed, code):
    notice = astray(edition)
    with pytest.raises(Refused) as refused:
        addresses.correct(notice, by=organiser(), **typed)
    kept = OfficerInvitation.objects.get(pk=notice.object_id)
    assert ([p.code for p in refused.value.problems], kept.status) == ([code], "open")


def test_an_accounts_address_is_its_owners(edition):
    me = organiser()
    notice = send_trial(me)
    move(notice, "fail", last_error="550")
    with pytest.raises(Refused, match="只能由本人改"):
        addresses.correct(notice, by=me, email="right@example.test")


def test_a_second_click_changes_nothing(edition):
    me, notice = organiser(), astray(edition)
    addresses.correct(notice, by=me, email="right@example.test")
    with pytest.raises(Refused, match="不用再改地址"):
        addresses.correct(Notice.objects.get(pk=notice.pk), by=me, email="right@example.test")
