"""axe finds nothing on any page, on a phone and on a desk (WCAG 2.2 AA); in the admin only what unfold itself has."""

from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from aisc_portal import editions
from tests.contest import load_guangdong
from tests.journeys.looking import ADMIN, PORTAL, Measure, faults
from tests.registrations.staff import organiser, signed_in
from tests.test_access import expected
from tests.world import ROLES, World, a_world, addresses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# No pages to look at: downloads, redirects, frames, what only answers a POST or a script.
NO_PAGE = {"blank-form", "healthz", "healthz_alarm", "dev_mail_html", "account_logout", "demo-jump", "text-size"}
NO_PAGE |= {"row_phone", "mfa_download_recovery_codes", "row_template", "row_export", "workbook_marked"}
NO_PAGE |= {"scan", "evidence", "stamp_pdf", "stamp_word"}  # files; a sandboxed one runs no script, axe neither
NO_PAGE |= {f"admin:{name}" for name in ("jsi18n", "search", "logout", "login", "password_change", "notices_kind_html")}
NO_PAGE |= {
    f"admin:{name}" for name in ("notices_notice_all_kinds", "tracks_edition_download", "tracks_edition_upload")
}
NO_PAGE |= {"admin:registrations_unit_import_template", "admin:registrations_unit_invite_template"}
NO_PAGE |= {"admin:registrations_honour_import_template", "unit_codes"}
NO_PAGE |= {"ranking_bundle", "ranking_scores", "ranking_sheet"}
NO_PAGE |= {"live_state", "live_evidence", "vote_code", "vote_verify", "vote_wechat", "vote_wechat_back"}
NO_PAGE |= {"admin:judging_round_import_template", "admin:judging_round_scores"}
NO_PAGE |= {"course_calendar", "session_code", "admin:seasons_course_export", "admin:seasons_season_export"}
NO_PAGE |= {"admin:seasons_course_import_template"}
NO_PAGE |= {"cockpit_workbook", "open_data"}
# These take posts only.
NO_PAGE |= {"cockpit_urge", "cockpit_check"}
NO_PAGE |= {"course_enrol"}
NO_PAGE |= {"claim_send", "claim_revoke", "entry_remind", "member_invitation_resend", "member_invitation_revoke"}
NO_PAGE |= {"personal_export", "judge_sheet", "judge_file"}
NO_PAGE |= {"work_keep", "work_restore", "work_file_add", "work_file_do", "work_uploads", "work_upload"}
NO_PAGE |= {"work_manifest", "work_slot", "work_file", "work_preview"}  # files, and a piece of a page
NO_PAGE |= {"scan_page", "evidence_page", "photo_page"}  # pictures
NO_PAGE |= {"record_begin", "record_withdraw", "record_restore", "photo_add", "photo_remove"}
NO_PAGE |= {"record_photo", "points_bundle", "force_activity_remove"}
NO_PAGE |= {"need_do", "offer_withdraw", "placement_accept", "placement_record"}
NO_PAGE |= {"publicity_sheet", "publicity_csv", "metrics", "api_schema", "objection_file", "objection_page"}
NO_PAGE |= {"certificate_file", "certificate_picture", "unit_certificates_zip", "verify_offline"}
NO_PAGE |= {"admin:awards_certificatebatch_result", "admin:awards_certificate_file"}
NO_PAGE |= {
    "announcement_file",
    "announcement_picture",
    "announcement_feed",
    "group_code",
    "wall_picture",
    "sitemap",
    "robots",
}
NO_PAGE |= {name for name in addresses() if name.startswith("api:")}  # for programs
# Each page is looked at in the role that it is made for.
ANONYMOUS = {
    "home",
    "tracks",
    "quota",
    "schedule",
    "downloads",
    "privacy",
    "accessibility",
    "dev_mail",
    "dev_mail_message",
}
ANONYMOUS |= {"verify", "verify_code", "announcements", "announcement", "questions"}
ANONYMOUS |= {"guides", "guide", "editions", "edition", "edition_works", "wall", "wall_work"}
ANONYMOUS |= {"api"}
ANONYMOUS |= {"officer_invitation", "account_login", "account_signup", "account_request_login_code"}
ANONYMOUS |= {
    "training",
    "course",
    "leaderboard",
    "rankings",
    "publicity",
    "publicity_list",
    "vote",
    "vote_enter",
    "stage",
    "live_order",
}
OF_STAFF = {"session_screen"}  # the portal's pages for contacts and the organiser
IN_ADMIN = ("admin", "edition-", "cockpit", "staff_search")
ANONYMOUS |= {"account_reset_password", "account_password_reset_completed", "account_inactive", "enter"}


def of_portal() -> set[str]:
    return {name for name in addresses() if not name.startswith(IN_ADMIN)} - NO_PAGE


def of_participant() -> set[str]:
    """The pages of an entry, which no officer sees, and the one that both do."""
    person, officer = ROLES.index("person"), ROLES.index("officer")
    own = {name for name, letters in expected().items() if letters[person] == "." and letters[officer] != "."}
    return {"entry"} | (own & of_portal())


def of_admin(role: str) -> set[str]:
    """The pages that the table of roles lets this one see."""
    pages = {name for name, letters in expected().items() if letters[ROLES.index(role)] == "."} - NO_PAGE
    return {name for name in pages if name.startswith(IN_ADMIN) and not name.endswith("_history")}


@pytest.fixture
def world(live_server: LiveServer) -> Iterator[World]:
    with a_world() as world:
        yield world


Look = Callable[..., dict[str, list[str]]]


@pytest.fixture
def wrong(page: Page, live_server: LiveServer, world: World) -> Look:
    """What is wrong with these pages, for one who is signed in in a role."""

    def look_at_all(role: str, names: set[str], measure: Measure = PORTAL) -> dict[str, list[str]]:
        if role in world.sessions:
            page.context.add_cookies([{"name": "session", "value": world.sessions[role], "url": live_server.url}])
        found = {name: faults(page, f"{live_server.url}{world.path(name)}", measure) for name in sorted(names)}
        return {name: said for name, said in found.items() if said}

    return look_at_all


def test_pages_of_visitors(wrong: Look) -> None:
    assert wrong("anonymous", of_portal() & ANONYMOUS) == {}


def test_pages_of_an_officer(wrong: Look) -> None:
    assert wrong("officer", of_portal() - ANONYMOUS - of_participant() - OF_STAFF) == {}


def test_pages_of_a_participant(wrong: Look) -> None:
    assert wrong("person", of_participant()) == {}


def test_pages_of_a_contact(wrong: Look) -> None:
    theirs = {name for name in of_admin("contact") if name.startswith("admin:registrations_recommendation")}
    assert wrong("contact", theirs | {"admin:index"}, ADMIN) == {}
    assert wrong("contact", OF_STAFF) == {}


@pytest.mark.parametrize("part", [0, 1])
def test_pages_of_the_organiser(wrong: Look, part: int) -> None:
    own = {name for name in of_admin("organiser") if not name.startswith("admin:registrations_recommendation")}
    assert wrong("organiser", set(sorted(own)[part::2]), ADMIN) == {}


def test_before_an_edition_is_loaded(page: Page, live_server: LiveServer) -> None:
    assert faults(page, live_server.url) == []


def test_large_text(page: Page, live_server: LiveServer) -> None:
    load_guangdong()
    page.context.add_cookies([{"name": "text", "value": "large", "url": live_server.url}])
    found = {name: faults(page, f"{live_server.url}{reverse(name)}") for name in ("home", "schedule")}
    assert found == {"home": [], "schedule": []}


def test_an_amended_edition_fits_a_phone(page: Page, live_server: LiveServer) -> None:
    """Its differences may be long and without a space, as an address is."""
    edition, boss = load_guangdong(), organiser()
    address = f"https://example.test/{'a' * 200}"
    text = edition.text.replace('theme = "创享科技，智绘科普"', f'theme = "{address}"')
    editions.load(text, by=boss, reason=address)
    session = signed_in(boss).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
    url = f"{live_server.url}{reverse('admin:tracks_edition_change', args=[edition.pk])}"
    assert (faults(page, url, ADMIN), page.get_by_text(address).count() > 1) == ([], True)


def test_the_page_of_a_404(page: Page, live_server: LiveServer) -> None:
    load_guangdong()
    assert faults(page, f"{live_server.url}/no-such-page/") == []


def test_pages_of_a_judge(wrong: Look) -> None:
    """The rival judges in the small contest."""
    pages = {"judge", "judge_work", "judge_criteria", "judge_abstain", "judge_recuse", "judge_sign", "judge_live"}
    assert wrong("rival", pages) == {}


def test_a_ranking(wrong: Look) -> None:
    assert wrong("organiser", {"ranking"}) == {}


def test_the_organisers_pages_of_the_live_final(wrong: Look) -> None:
    assert wrong("organiser", {"live_setup", "live_run", "live_ballots", "live_tokens"}) == {}
