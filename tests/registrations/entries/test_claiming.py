"""A unit's code, and the person who takes the place it stands for."""

import pytest
from django.urls import reverse

from core import clock
from core.notices.models import Notice
from core.problems import Refused
from core.tokens import token_of
from registrations.entry_models import Entry, RowClaim
from registrations.services import claiming, entering, recommending

from .. import build, staff
from ..works.handed_in import hand_in, text
from .build import REGISTERING, claim, draft, entered, person

PHONE = "13800138001"


@pytest.fixture
def row(edition):
    """A row of 始兴县科协 for 祝宇 that has passed; what approval needs besides is another test's matter."""
    desk = build.desk(edition)
    [row] = desk.submitted(name="祝宇", phone=PHONE, track="worker")
    row.__class__.objects.filter(pk=row.pk).update(state="approved", decided_at=clock.now())
    row.refresh_from_db()
    row.desk = desk
    return row


@pytest.fixture
def code(row):
    [claim] = claiming.issue_codes([row], by=row.desk.officer)
    return claim


def refused(codes, act, *args, **more):
    with pytest.raises(Refused) as found:
        act(*args, **more)
    assert found.value.codes == codes


def test_the_place_becomes_an_entry(code, row):
    entry = claiming.claim_row(code, by=person("祝宇", PHONE))
    assert (entry.state, entry.row, entry.organisation, entry.categories) == ("draft", row, "城南中学", ["A"])


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower"])
def test_a_code_is_found_as_it_was_typed(code, typed):
    text = claiming.shown(code.code)
    assert claiming.find_code(text.lower() if typed == "lower" else typed.format(text)) == code


def test_an_unknown_code(db):
    refused(["claim.unknown"], claiming.find_code, "AAAA-2222")


def test_a_row_keeps_its_code(code, row):
    assert claiming.issue_codes([row], by=row.desk.officer) == [code]


def test_twice(code):
    by = person("祝宇", PHONE)
    claiming.claim_row(code, by=by)
    refused(["invitation.used"], claiming.claim_row, code, by=by)


def test_by_another_phone(code):
    refused(["claim.phone"], claiming.claim_row, code, by=person("祝宇", "13800138002"))


def test_by_another_name(code):
    refused(["claim.name"], claiming.claim_row, code, by=person("祝雨", PHONE))


def test_what_can_be_put_right_is_not_called_over(code, row):
    """A name that differs may be corrected; a code that was taken back may not."""
    browser, url = staff.signed_in(person("祝雨", PHONE)), reverse("claim", args=[token_of(code)])
    page = browser.post(url).content.decode()
    assert ("现在还不能接受" in page, "请在“我的账号”里改正" in page) == (True, True)
    claiming.revoke_code(code, by=row.desk.officer)
    assert "这份邀请不能使用" in browser.get(url).content.decode()


def test_after_revocation_and_with_a_new_code(code, row):
    claiming.revoke_code(code, by=row.desk.officer)
    by = person("祝宇", PHONE)
    refused(["invitation.revoked"], claiming.claim_row, code, by=by)
    [fresh] = claiming.issue_codes([row], by=row.desk.officer)
    assert claiming.claim_row(fresh, by=by).row == row


def test_a_row_that_was_withdrawn(code, row):
    row.desk.form.rows.filter(pk=row.pk).update(state="withdrawn")
    refused(["claim.not_approved"], claiming.claim_row, code, by=person("祝宇", PHONE))


def test_after_the_close_unless_it_passed_late(code, row):
    by = person("祝宇", PHONE)
    clock.set_now(REGISTERING.replace(day=27))
    refused(["window.late"], claiming.claim_row, code, by=by)
    row.desk.form.rows.filter(pk=row.pk).update(decided_at=REGISTERING.replace(day=26))
    assert claiming.claim_row(code, by=by).row == row


def test_a_recommendation_joins_the_open_entry(code, row, edition):
    """Q8: the person had entered openly; places and people stay one."""
    by = person("祝雨", PHONE)  # as the account was called then
    own = entered(edition, by, categories=["C"])
    by.real_name = "祝宇"
    by.save()
    assert claiming.claim_row(code, by=by) == own
    assert Entry.objects.get().categories == ["A", "C"]


def test_an_open_entry_of_another_track_stands_in_the_way(code, edition):
    by = person("祝雨", PHONE)
    entered(edition, by, "university")
    by.real_name = "祝宇"
    by.save()
    refused(["claim.track"], claiming.claim_row, code, by=by)


def test_whoever_is_recommended_does_not_enter_anew(code, edition):
    clock.set_now(REGISTERING)
    refused(["entry.recommended"], draft, edition, person("祝宇", PHONE))


def test_a_place_given_up_can_be_claimed_again(code, row):
    by = person("祝宇", PHONE)
    entering.withdraw_entry(claiming.claim_row(code, by=by), by=by)
    [fresh] = claiming.issue_codes([row], by=row.desk.officer)
    assert (fresh.pk != code.pk, claiming.claim_row(fresh, by=by).row) == (True, row)


def test_the_phones_own_places_need_no_code(code, edition):
    assert claiming.claimable(person("祝宇", PHONE), edition) == [code]


def test_a_claimed_row_is_not_withdrawn_over_its_participant(code, row):
    by = person("祝宇", PHONE)
    entry = claiming.claim_row(code, by=by)
    refused(["row.claimed"], recommending.withdraw_row, row, by=row.desk.officer)
    entering.withdraw_entry(entry, by=by)
    recommending.withdraw_row(row, by=row.desk.officer)
    assert row.state == "withdrawn"


def test_merging_keeps_one(code, row, edition):
    keep = entered(edition, person("祝宇", "13800138002"))
    drop = claiming.claim_row(code, by=person("祝宇", PHONE))
    claiming.merge(keep, drop, by=row.desk.officer, reason="同一人两个手机号")
    drop.refresh_from_db()
    assert (Entry.objects.get(pk=keep.pk).row, drop.state, drop.merged_into) == (row, "withdrawn", keep)


def test_merging_takes_over_what_was_recommended_and_shown(code, row, edition):
    """The unit's team name, its categories, the evidence that the one kept lacks; nothing of another track."""
    keep = draft_of_another_phone(edition, "worker", categories=["C"])
    drop = claiming.claim_row(code, by=person("祝宇", PHONE))
    claim(drop)
    claim(drop, condition="pupil")  # not of this track
    claiming.merge(keep, drop, by=row.desk.officer, reason="同一人")
    keep = Entry.objects.get(pk=keep.pk)
    assert (keep.categories, list(keep.claims.values_list("condition", "state"))) == (
        ["A", "C"],
        [("social_organisation", "draft")],
    )


def test_another_tracks_recommendation_is_not_merged(code, row, edition):
    keep = draft_of_another_phone(edition, "university")
    drop = claiming.claim_row(code, by=person("祝宇", PHONE))
    refused(["merge.differs"], claiming.merge, keep, drop, by=row.desk.officer, reason="同一人")


def draft_of_another_phone(edition, track, **values):
    clock.set_now(REGISTERING)
    return draft(edition, person("祝宇", "13800138002"), track, **values)


def test_a_code_goes_to_the_rows_phone(code, row):
    claiming.send_code(code, by=row.desk.officer)
    assert Notice.objects.filter(template="claim-invited").count() == 1


def test_an_officer_reminds_who_has_not_entered(code, row):
    entry = claiming.claim_row(code, by=person("祝宇", PHONE))
    claiming.remind_entry(entry, by=row.desk.officer)
    with pytest.raises(Refused):
        claiming.remind_entry(entered_now(entry), by=row.desk.officer)


def entered_now(entry):
    Entry.objects.filter(pk=entry.pk).update(state="entered")
    return Entry.objects.get(pk=entry.pk)


def test_the_officers_page_and_its_slips(client, row):
    claiming.issue_codes([row], by=row.desk.officer)
    client.force_login(row.desk.officer)
    page = f"/units/{row.desk.unit.pk}/entries/"
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 302
    assert client.get(f"{page}codes.pdf").content.startswith(b"%PDF")
    client.post(f"{page}{row.pk}/send/")
    assert (RowClaim.objects.count(), Notice.objects.filter(template="claim-invited").count()) == (1, 1)


def test_all_codes_are_sent_and_all_who_dally_reminded(client, code, row):
    other = row.desk.row(name="胡燕", phone="13800138003", track="worker")
    for state in ("submitted", "approved"):
        type(other).objects.filter(pk=other.pk).update(state=state, decided_at=clock.now())
    claiming.issue_codes([other], by=row.desk.officer)
    claiming.send_code(code, by=row.desk.officer)
    claiming.claim_row(RowClaim.objects.get(row=other), by=person("胡燕", "13800138003"))
    client.force_login(row.desk.officer)
    page = f"/units/{row.desk.unit.pk}/entries/"
    for deed in ("send", "remind", "send", "remind"):  # once is enough
        client.post(page, {"do": deed})
    sent = Notice.objects.values_list("template", flat=True)
    assert (list(sent).count("claim-invited"), list(sent).count("entry-urged")) == (1, 1)


def test_a_code_that_was_never_sent_goes_once(client, code, row):
    client.force_login(row.desk.officer)
    page = f"/units/{row.desk.unit.pk}/entries/"
    shown = [client.get(page).content.decode()]
    for _ in range(2):
        client.post(page, {"do": "send"})
    shown.append(client.get(page).content.decode())
    assert ["全部发短信（1 个未发）" in text for text in shown] == [True, False]
    assert Notice.objects.filter(template="claim-invited").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_officers_page_costs_the_same_for_many(client, edition, count, django_assert_max_num_queries):
    desk = build.desk(edition)
    for row in desk.submitted(count, track="worker"):
        type(row).objects.filter(pk=row.pk).update(state="approved", decided_at=clock.now())
    claiming.issue_codes(desk.form.rows.all(), by=desk.officer)
    client.force_login(desk.officer)
    page = f"/units/{desk.unit.pk}/entries/"
    client.get(page)
    with django_assert_max_num_queries(14):
        assert client.get(page).content.decode().count("作废") == count


def test_the_participants_way_through_the_pages(client, code):
    client.force_login(person("祝宇", PHONE))
    found = client.post("/claim/", {"code": claiming.shown(code.code)})
    assert client.get(found.url).status_code == 200
    assert client.post(found.url).url.startswith("/entries/")


def test_the_organiser_merges_by_number(code, row, edition):
    keep = entered(edition, person("祝宇", "13800138002"))
    drop = claiming.claim_row(code, by=person("祝宇", PHONE))
    page = f"/admin/registrations/entry/{keep.pk}/merge/"
    organiser = staff.signed_in(staff.organiser())
    wrong = organiser.post(page, {"drop": "GDAIKP1-999999", "reason": "同一人"})
    assert "没有这个编号的报名" in wrong.content.decode()
    assert organiser.post(page, {"drop": drop.number, "reason": "同一人"}).status_code == 302
    assert (Entry.objects.get(pk=keep.pk).row, Entry.objects.get(pk=drop.pk).merged_into) == (row, keep)


def test_an_entry_with_a_work_is_not_merged_away(code, row, edition):
    keep = entered(edition, person("祝宇", "13800138002"))
    drop = claiming.claim_row(code, by=person("祝宇", PHONE))
    hand_in(drop, text("潮间带的一天"), category="A", title="潮间带", description="潮起潮落。" * 40)
    refused(["merge.held"], claiming.merge, keep, drop, by=row.desk.officer, reason="同一人")
