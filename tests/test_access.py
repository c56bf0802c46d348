"""Every address × every role (R11): who gets in, and how everybody else is turned away. An unlisted address fails."""

from collections.abc import Iterator
from functools import cache

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.urls import reverse

from tests.world import ROLES, World, a_world, addresses

# One letter a role, in their order: first for GET, then for POST.
#   . gets in    L to sign-in    R to giving one's password anew    N 404    F 403    M 405    P 412 (tus)    ! 503
#   T 401: a token of the API is asked for, whoever is signed in
PORTAL = {
    "....... MMMMMMM": "training course course_calendar vote_wechat vote_wechat_back leaderboard points_bundle"
    " announcements announcement announcement_file announcement_picture announcement_feed questions group_code"
    " guides guide editions edition edition_works wall wall_work sitemap robots"
    " metrics home privacy accessibility tracks quota schedule downloads blank-form healthz rankings"
    " stage live_order live_state publicity publicity_list publicity_sheet publicity_csv"
    " api api_schema api:api-root api:editions api:schedule api:tracks api:results api:result api:leaderboard"
    " api:verify"
    " verify_code verify_offline"
    " dev_mail dev_mail_message dev_mail_html account_inactive account_password_reset_completed",
    "....... .......": "verify vote vote_enter officer_invitation account_login account_logout account_signup"
    " account_reset_password"
    " account_request_login_code account_confirm_login_code account_complete_password_reset",
    "MMMMMMM NNNNNNN": "demo-jump",  # in the demo it lets everybody; see below for production
    "!!!!!!! MMMMMMM": "healthz_alarm",  # no worker runs here
    "....... L......": "enter",
    "L..N.N. LMMMMMM": "entry certificate certificate_file certificate_picture",
    "L.NN.N. LMMMMMM": "evidence evidence_page work_file work_preview record_photo photo_page",
    "L.NNNNN L.NNNNN": "course_leave record dispute_new"
    " entry_eligibility entry_edit entry_submit entry_withdraw entry_people member_edit member_leave"
    " work_begin work work_submit work_withdraw work_anonymous"
    " offer_edit",
    "LFNNNNN LFNNNNN": "member_remove member_lead",  # oneself is not removed
    "LMMMMMM L.NNNNN": "member_invitation_resend member_invitation_revoke work_keep work_restore"
    " work_file_add work_file_do record_begin record_withdraw record_restore photo_add photo_remove"
    " offer_withdraw",
    "NNNNNNN .NNNNNN": "claim member_invitation judge_invitation venue_invitation",  # another invitation's token
    "NNNNNNN NNNNNNN": "guardian",
    "L...... LMMMMMM": "messages certificates desk account mfa_index judge",
    "L...... LNNNNNN": "consents",  # nothing is named that could be taken back
    "LMMMMMM L......": "personal_export course_enrol",
    "NNNNNNN MMMMMMM": "wall_picture",  # the picture is another work's
    "L.NNNN. LMMMMMM": "objection objection_file objection_page",
    "L...... L......": "objection_new lesson course_quiz session_attend"
    " claim_code personal account_name account_change_password account_set_password account_email"
    " account_email_verification_sent account_verify_phone account_reauthenticate mfa_authenticate"
    " account_change_phone",
    "LRRRRRR LRRRRRR": "mfa_activate_totp mfa_generate_recovery_codes mfa_reauthenticate",
    "LNNNNNN LNNNNNN": "entry_birth mfa_deactivate_totp mfa_download_recovery_codes",  # nothing there to show
    "LNNNNNN LMMMMMM": "mfa_view_recovery_codes judge_file",  # a preview of another work than the one before the judge
    "LLLLLLL LLLLLLL": "account_confirm_password_reset_code",  # nobody has asked for a code
    "LMMMMMM LN.NNNN": "unit_certificates_zip force_activity_remove need_do row_phone claim_send claim_revoke"
    " entry_remind",
    "LN.NNNN LN.NNNN": "force force_new force_edit"
    " unit_entries recommendation row_new row_edit row_do colleagues return_places paste stamp"
    " workbook_new workbook unit_venues venue_edit need_new need need_cancel",
    "LN.NNNN LMMMMMM": "unit_certificates unit_forces unit_codes stamp_pdf stamp_word row_template row_export"
    " workbook_marked venue",
    "LN.N.N. LMMMMMM": "scan scan_page",
    # Judging: the rival is a judge; the round is locked, not published.
    "LNN.NNN LNN.NNN": "judge_recuse judge_sign judge_work judge_abstain",
    "LMMMMMM LNN.NNN": "judge_sheet",
    # The live final: its hall is open, votes by printed tokens; the rival judges there.
    "MMMMMMM .......": "text-size vote_code vote_verify",
    "LNN.NNN LMMMMMM": "judge_criteria judge_live",
    "LNNNNN. LNNNNN.": "live_setup live_run live_ballots live_tokens",
    "LNNNNNN MMMMMMM": "live_evidence",  # before the end nobody sees what was chosen
    "NNNNNN. MMMMMMM": "ranking ranking_bundle ranking_scores ranking_sheet",
    "L.NNNNN LMMMMMM": "message receipt work_version work_manifest work_slot records passbook placing",
    "LMNNNNN LPNNNNN": "work_uploads",
    "L.NNNNN LMNNNNN": "work_upload",
    # Training: a course of the track “worker” that the person has a seat in.
    "LFFF.F. LMMMMMM": "session_screen session_code",
    # Placing: the officer's unit has a venue; the person's entry is asked to come, the address speaks for the venue.
    "L..NNN. LMMMMMM": "placement",
    "LF.NNNF LF.NNNF": "placement_refuse placement_visit",
    "LMMMMMM LF.NNNF": "placement_accept",
    "LMMMMMM L.FNNNF": "placement_record",
    # The admin, whatever the model.
    "LLLL... LLLL...": "admin:index admin:search admin:app_list admin:password_change",
    "LLLL... LLLLMMM": "admin:jsi18n admin:password_change_done cockpit cockpit_workbook staff_search",
    "LFFF... LFFF...": "admin:login",
    "....MMM .......": "admin:logout",
    "LLLLFFF LLLLMMM": "admin:autocomplete",  # without saying for which field
    "LLLLFF. LLLLMMM": "open_data",
    "LLLLFF. LLLLFF.": "edition-upload edition-exports edition-archive cockpit_address",
    "LLLLMMM LLLLNNN": "cockpit_urge",  # for nothing that can be urged
    "LLLLMMM LLLLFF.": "cockpit_check",
    "TTTTTTT MMMMMMM": "api:entries api:works api:rounds api:scores api:awards api:award",
    "LLLLNNN LLLLNNN": "admin:view_on_site admin/(?P<url>.*)$",
}

# In the admin nobody gets further than sign-in but staff: contact, stranger, organiser.
# Model → what the organiser may, what contacts may, and whether the object is one track's own.
MODELS = {
    "accounts_user": ("view add change", "", False),
    "api_apitoken": ("view", "", False),
    "jobs_job": ("view", "", False),
    "jobs_heartbeat": ("view", "", False),
    "notices_notice": ("view", "", False),
    "registrations_recommendationrow": ("view", "view", True),
    "registrations_recommendation": ("view", "view", True),
    "registrations_entry": ("view", "view", True),
    "registrations_work": ("view", "view", True),
    "registrations_likeness": ("view", "view", True),
    "registrations_honour": ("view add change delete", "view", False),
    "registrations_deletionrequest": ("view", "", False),
    "registrations_region": ("view add change", "", False),
    "registrations_officer": ("view", "", False),
    "registrations_officerinvitation": ("view", "", False),
    "registrations_unit": ("view add change", "view", False),
    "registrations_unitquota": ("view change", "view change", True),
    "registrations_replyphrase": ("view add change delete", "view add change delete", True),
    "registrations_summaryexport": ("view", "view", True),
    "judging_round": ("view", "view", False),
    "judging_candidate": ("view", "view", True),
    "judging_judge": ("view", "", False),
    "judging_judgeinvitation": ("view", "", False),
    "judging_recusal": ("view", "", False),
    "seasons_season": ("view", "view", False),
    "seasons_course": ("view", "view", True),
    "seasons_servicerecord": ("view", "view", True),
    "seasons_dispute": ("view", "view", True),
    "seasons_pointentry": ("view", "view", True),
    "seasons_ladder": ("view", "", False),
    "seasons_force": ("view", "", False),
    "seasons_venue": ("view", "", False),
    "seasons_need": ("view", "", False),
    "seasons_offer": ("view", "", False),
    "seasons_placement": ("view", "", False),
    "awards_awardlist": ("view", "", False),
    "awards_objection": ("view", "", False),
    "awards_entitlement": ("view", "", False),
    "awards_certificatebatch": ("view", "", False),
    "awards_certificate": ("view", "", False),
    "tracks_announcement": ("view", "view", True),
    "tracks_groupcode": ("view", "view", True),
    "tracks_specialday": ("view add change delete", "", False),
    "tracks_edition": ("view", "", False),
    "tracks_category": ("view", "", False),
    "tracks_milestone": ("view", "", False),
    "tracks_track": ("view change", "view", True),
    "tracks_trackcontact": ("view", "", False),
}
# Pages of a model beside the usual five.
ADMIN = {
    "FF. FF.": "api_apitoken_new_page api_apitoken_revoke_page"
    " seasons_force_export_page seasons_season_prize_round seasons_season_prize_pool"
    " seasons_season_prizes"
    " seasons_venue_new_page seasons_venue_edit seasons_venue_invite seasons_venue_resend"
    " seasons_venue_revoke seasons_venue_remove seasons_need_cancel seasons_placement_cancel"
    " seasons_placement_suggest_page seasons_placement_export_page seasons_season_new_page"
    " seasons_season_edit seasons_season_publish seasons_season_cancel"
    " awards_awardlist_new_page awards_certificatebatch_new_page awards_certificatebatch_seal_page"
    " awards_entitlement_granting awards_entitlement_exporting"
    " awards_entitlement_carrying"
    " registrations_deletionrequest_audit_page registrations_honour_import_page"
    " registrations_honour_import_template registrations_unit_import_page"
    " registrations_unit_import_template registrations_unit_invite_page"
    " registrations_unit_invite_template registrations_unit_invite_one registrations_officer_remove"
    " registrations_officerinvitation_resend registrations_officerinvitation_revoke"
    " notices_notice_all_kinds notices_notice_try_mail tracks_edition_upload tracks_edition_download"
    " tracks_milestone_reschedule tracks_track_appoint tracks_trackcontact_remove"
    " judging_round_open judging_round_window judging_round_amend judging_round_invite"
    " judging_round_import_page judging_round_import_template judging_round_plan judging_round_plan_ask"
    " judging_round_plan_fill"
    " judging_round_plan_publish judging_round_monitor judging_round_urge judging_round_scores judging_round_again"
    " judging_round_lock judging_round_unlock judging_round_publish judging_round_retract judging_round_tie"
    " judging_round_advance judging_judge_leave judging_judgeinvitation_resend judging_judgeinvitation_revoke"
    " judging_recusal_lift judging_candidate_withdraw judging_candidate_recuse"
    " judging_candidate_anchor judging_candidate_pair judging_round_pick",
    "FFN FFN": "judging_round_unlock_answer",
    "FFF FFF": "judging_candidate_restore tracks_edition_make_current",  # not withdrawn; current already
    "... ...": "tracks_announcement_new_page tracks_groupcode_new_page"
    " seasons_season_course_new seasons_season_advance seasons_season_change"
    " registrations_recommendationrow_summary_page judging_round_pool judging_round_change",
    "MMM .N.": "registrations_recommendationrow_phone registrations_entry_phone registrations_entry_birth"
    " registrations_entry_guardian",
    ".F. .F.": "seasons_season_track seasons_season_export"
    " registrations_unit_mailed_page registrations_unit_mailed_workbook",
    "FN. FN.": "registrations_entry_merge",
    "NNN NNN": "awards_certificatebatch_sample awards_awardlist_leave_out awards_awardlist_count"
    " awards_awardlist_order awards_awardlist_what_if",
    "NN. NN.": "awards_awardlist_draft awards_awardlist_lock awards_awardlist_unlock awards_awardlist_publish"
    " awards_awardlist_correct awards_awardlist_finalise awards_awardlist_unrule awards_awardlist_change"
    " awards_objection_accept awards_objection_decline awards_objection_check awards_objection_decide"
    " awards_objection_answer awards_objection_change"
    " awards_certificatebatch_start awards_certificatebatch_pause awards_certificatebatch_resume"
    " awards_certificatebatch_retry awards_certificatebatch_gather"
    " awards_certificatebatch_result awards_certificatebatch_change"
    " awards_certificate_reprint awards_certificate_revoke awards_certificate_file awards_certificate_change"
    " registrations_deletionrequest_do registrations_deletionrequest_refuse"
    " registrations_deletionrequest_change notices_kinds notices_kind notices_kind_html"
    " seasons_ladder_post seasons_ladder_difference seasons_ladder_grant seasons_ladder_freeze seasons_ladder_thaw"
    " seasons_ladder_hours seasons_ladder_change seasons_force_change"
    " seasons_venue_change seasons_need_change seasons_placement_change",
    ".N. .N.": "tracks_announcement_edit tracks_announcement_publish tracks_announcement_withdraw"
    " tracks_announcement_change tracks_announcement_file_new tracks_announcement_file_remove"
    " tracks_groupcode_remove_page"
    " seasons_course_edit seasons_course_publish seasons_course_cancel seasons_course_attendance"
    " seasons_course_export seasons_course_session_new seasons_course_session_edit seasons_course_session_cancel"
    " seasons_course_import_page seasons_course_import_template seasons_course_mark seasons_course_material_new"
    " seasons_course_material_edit seasons_course_material_remove seasons_course_question_new"
    " seasons_course_question_edit seasons_course_question_remove seasons_course_change seasons_season_adjust"
    " registrations_entry_accept registrations_entry_return registrations_entry_reject"
    " registrations_entry_reconsider registrations_entry_unlock registrations_entry_change"
    " registrations_work_pass registrations_work_return registrations_work_reject registrations_work_reconsider"
    " registrations_work_unlock registrations_work_anonymous registrations_work_change"
    " registrations_recommendationrow_approve registrations_recommendationrow_return"
    " registrations_unitquota_extend registrations_unitquota_urge_one registrations_recommendationrow_change"
    " registrations_likeness_change"
    " seasons_servicerecord_pass seasons_servicerecord_return seasons_servicerecord_reject"
    " seasons_servicerecord_reconsider seasons_servicerecord_change seasons_dispute_answer seasons_dispute_change",
}


# --- The table, written out -----------------------------------------------------------------------------


def spread(table: dict[str, str]) -> dict[str, str]:
    """Name → letters."""
    return {name: letters for letters, names in table.items() for name in names.split()}


def of_model(organiser: str, contacts: str, of_a_track: bool) -> dict[str, str]:
    """Page of a model → letters of the three kinds of staff."""

    def letters(ability: str, *, on_object: bool = True) -> str:
        mine, theirs = ("." if ability in rights.split() else "F" for rights in (contacts, organiser))
        strangers = "N" if mine == "." and of_a_track and on_object else mine
        return mine + strangers + theirs

    look, change = letters("view"), letters("change")
    look_at_list, add = letters("view", on_object=False), letters("add", on_object=False)
    pages = {"changelist": (look_at_list, look_at_list), "add": (add, add), "change": (look, change)}
    pages |= {"history": (look, look), "delete": (letters("delete"),) * 2}
    return {page: f"{get} {post}" for page, (get, post) in pages.items()}


@cache
def expected() -> dict[str, str]:
    """Every address and its letters; a model's own pages come after the rule for all."""
    pages = {
        f"{model}_{page}": letters for model, rights in MODELS.items() for page, letters in of_model(*rights).items()
    }
    pages |= spread(ADMIN) | {f"admin/{model.replace('_', '/', 1)}/<path:object_id>/": "... ..." for model in MODELS}
    staff_pages = {
        name if "/" in name else f"admin:{name}": " ".join(f"LLLL{letters}" for letters in both.split())
        for name, both in pages.items()
    }
    return spread(PORTAL) | staff_pages


# --- Asking ----------------------------------------------------------------------------------------------

SHUT = {401: "T", 403: "F", 404: "N", 405: "M", 412: "P", 503: "!"}
DOORS = {"account_login": "L", "admin:login": "L", "account_reauthenticate": "R"}


def letter(answer: HttpResponse) -> str:
    """What an answer means; a refused form (422) was let in."""
    if answer.status_code in SHUT:
        return SHUT[answer.status_code]
    if answer.status_code >= 400 and answer.status_code != 422:
        return f"<{answer.status_code}>"
    to = answer.headers.get("Location", "").split("?")[0]
    return next((mark for name, mark in DOORS.items() if to == reverse(name)), ".")


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with a_world() as world:
        yield world


def ask(world: World, role: str, method: str, name: str) -> str:
    return letter(world.send(role, method, world.path(name)))


def test_every_address_is_listed() -> None:
    assert set(addresses()) ^ set(expected()) == set()


@pytest.mark.parametrize("roles", [ROLES[:4], ROLES[4:]], ids=["public", "staff"])
def test_who_gets_in(world: World, roles: tuple[str, ...]) -> None:
    wrong = {}
    for name, letters in expected().items():
        for method, row in zip(("GET", "POST"), letters.split(), strict=True):
            wanted = "".join(row[ROLES.index(role)] for role in roles)
            if (found := "".join(ask(world, role, method, name) for role in roles)) != wanted:
                wrong[f"{method} {name}"] = f"{found}, not {wanted}"
    assert wrong == {}, "\n".join(f"{k:50} {v}" for k, v in wrong.items())


def test_no_other_method_opens_a_closed_page(world: World) -> None:
    closed = [
        (role, name)
        for name, letters in expected().items()
        for number, role in enumerate(ROLES)
        if "." not in {row[number] for row in letters.split()}
    ]
    opened = [(role, name) for role, name in closed if ask(world, role, "PUT", name) == "."]
    assert opened == []


def test_demo_pages_are_gone_outside_the_demo(world: World, settings: LazySettings) -> None:
    settings.TESTING = settings.DEMO = False
    asked = [("GET", "dev_mail"), ("GET", "dev_mail_message"), ("GET", "dev_mail_html"), ("POST", "demo-jump")]
    assert [ask(world, "organiser", method, name) for method, name in asked] == ["N"] * 4
