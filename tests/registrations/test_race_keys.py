"""The same form sent fifty times at once (R6): one effect, and everybody gets the same answer."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from PIL import Image

from core.accounts.models import User
from core.notices.models import Notice
from registrations.models import OfficerInvitation, RecommendationRow, StampedScan, UnitQuota, Workbook
from registrations.services import recommending, stamping, workbooks
from registrations.services.previewing import preview
from tests.contest import load_guangdong
from tests.core.workbooks import workbook
from tests.registrations import build, sheets, staff
from tests.registrations.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
LETTER = "12 月 9 日来信"
PERSON = {"name": "王小芳", "organisation": "城南中学", "phone": "13800138001", "categories": "A"}
FILE = workbook([sheets.HEADER, sheets.line()])


@dataclass(frozen=True)
class Form:
    """What is sent where, by whom, and the rows that tell how often it took effect."""

    by: User
    path: str
    sent: Mapping[str, object]  # bytes are a file
    effects: QuerySet

    def post(self, session: str, **more: object) -> tuple[int, str, str]:
        """Send it once: (status, where to go on, what is told there)."""
        browser = Client()
        browser.cookies["session"] = session
        sent = {name: data for name, data in self.sent.items() if isinstance(data, bytes)}
        names = {name: f"{name}.png" if data.startswith(b"\x89PNG") else name for name, data in sent.items()}
        files = {name: SimpleUploadedFile(names[name], data) for name, data in sent.items()}
        answer = browser.post(self.path, {**self.sent, **files, **more})
        told = answer.cookies.get("messages")  # signed with the time
        return answer.status_code, answer.headers.get("Location", ""), told.value.partition(":")[0] if told else ""

    def clicks(self, times: int, **more: object) -> set[tuple[int, str, str]]:
        """Send it so many times at the same moment; the different answers."""
        session = staff.signed_in(self.by).cookies["session"].value
        return set(race(*[partial(self.post, session, **more)] * times))


def deeds(model: type, verb: str) -> QuerySet:
    """What history tells of a verb."""
    return model.pgh_event_model.objects.filter(pgh_context__verb=verb)


def notices(template: str) -> QuerySet:
    return Notice.objects.filter(template=template)


# --- The clerk's pages --------------------------------------------------------------------------------


def clerk(desk: build.Desk, name: str, effects: QuerySet, sent: Mapping[str, object] | None = None, **of: int) -> Form:
    return Form(desk.officer, reverse(name, kwargs=of or {"unit": desk.unit.pk}), sent or {}, effects)


def grid(desk: build.Desk) -> Form:
    row = f"n{uuid4().hex}"
    cells = {f"{row}.{name}": value for name, value in PERSON.items()}
    return clerk(desk, "recommendation", desk.form.rows.all(), {"do": "save", "row": row, **cells})


def submit(desk: build.Desk) -> Form:
    return clerk(desk, "recommendation", notices("row-submitted"), {"do": "submit", "ready": desk.row().pk})


def row_new(desk: build.Desk) -> Form:
    return clerk(desk, "row_new", desk.form.rows.all(), PERSON | {"later": "1"})


def row_edit(desk: build.Desk) -> Form:
    row = desk.row(name="赵小红")
    return clerk(desk, "row_edit", deeds(RecommendationRow, "row.saved"), PERSON | {"later": "1"}, row=row.pk)


def withdraw(desk: build.Desk) -> Form:
    (row,) = desk.submitted()
    return _do(desk, row, "withdraw", deeds(RecommendationRow, "row.withdrawn"))


def restore(desk: build.Desk) -> Form:
    (row,) = desk.submitted()
    recommending.withdraw_row(row, by=desk.officer)
    return _do(desk, row, "restore", deeds(RecommendationRow, "row.restored"))


def delete(desk: build.Desk) -> Form:
    return _do(desk, desk.row(), "delete", deeds(RecommendationRow, "row.deleted"))


def _do(desk: build.Desk, row: RecommendationRow, verb: str, effects: QuerySet) -> Form:
    return Form(desk.officer, reverse("row_do", kwargs={"row": row.pk, "verb": verb}), {}, effects)


def paste(desk: build.Desk) -> Form:
    return clerk(desk, "paste", Workbook.objects, {"text": "王小芳\t\t城南中学\t13800138001\tA\t"})


def workbook_new(desk: build.Desk) -> Form:
    return clerk(desk, "workbook_new", Workbook.objects, {"file": FILE})


def workbook_taken(desk: build.Desk) -> Form:
    kept = workbooks.bring(desk.form, io.BytesIO(FILE), "名单.xlsx", by=desk.officer)
    seen = preview(desk.form, sheets.table(desk.edition, FILE)).digest
    return clerk(desk, "workbook", desk.form.rows.all(), {"seen": seen}, workbook=kept.pk)


def stamp(desk: build.Desk) -> Form:
    desk.submitted()
    code = stamping.code_of(stamping.print_form(desk.form, by=desk.officer)[0])
    return clerk(desk, "stamp", StampedScan.objects, {"files": _page(), "code": code})


def _page() -> bytes:
    content = io.BytesIO()
    Image.new("L", (40, 40), 255).save(content, "png")
    return content.getvalue()


def colleagues(desk: build.Desk) -> Form:
    invited = OfficerInvitation.objects.filter(email="new@example.test")
    return clerk(desk, "colleagues", invited, {"email": "new@example.test"})


def return_places(desk: build.Desk) -> Form:
    returned = deeds(UnitQuota, "quota.returned_by_unit")
    return clerk(desk, "return_places", returned, {"count": "1", "sure": "on"})


# --- The admin ----------------------------------------------------------------------------------------


def admin(page: str, of: int, sent: Mapping[str, object], effects: QuerySet) -> Form:
    return Form(staff.organiser(), reverse(f"admin:registrations_{page}", args=[of]), sent, effects)


def row_returned(desk: build.Desk) -> Form:
    (row,) = desk.submitted()
    sent = {"reason": "校名不全", "confirmed": "yes"}
    return admin("recommendationrow_return", row.pk, sent, notices("row-returned"))


def row_approved(desk: build.Desk) -> Form:
    (row,) = desk.stamped()
    return admin("recommendationrow_approve", row.pk, {}, notices("row-approved"))


def limit_set(desk: build.Desk) -> Form:
    sent = {"limit": "30", "reason": "省科协同意增加"}
    return admin("unitquota_change", desk.quota.pk, sent, deeds(UnitQuota, "quota.set"))


def time_extended(desk: build.Desk) -> Form:
    sent = {"until": "2025-01-05", "reason": "来函"}
    return admin("unitquota_extend", desk.quota.pk, sent, deeds(UnitQuota, "quota.extended"))


def unit_urged(desk: build.Desk) -> Form:
    return admin("unitquota_urge_one", desk.quota.pk, {"confirmed": "yes"}, deeds(UnitQuota, "unit.urged"))


def workbook_received(desk: build.Desk) -> Form:
    sent = {"step": "workbook", "letter": LETTER, "file": FILE}
    return admin("unit_mailed_page", desk.unit.pk, sent, Workbook.objects)


FORMS: list[Callable[[build.Desk], Form]] = [
    grid, submit, row_new, row_edit, withdraw, restore, delete, paste, workbook_new, workbook_taken, stamp, colleagues,
    return_places, row_returned, row_approved, limit_set, time_extended, unit_urged, workbook_received,
]  # fmt: skip
# Without the key every other sending has an effect of its own, or at least another answer; the forms that are not
# here would have one effect anyway (to set a limit to what it is changes nothing).
KEY_MATTERS = [submit, row_new, withdraw, workbook_new, return_places, row_returned]


@pytest.mark.soak
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_many_clicks_are_one(form, soak):
    sent = form(build.desk(load_guangdong()))
    answers = sent.clicks(50 if soak else 6, form_key=uuid4())
    assert ([status for status, _, _ in answers], sent.effects.count()) == ([302], 1)


@pytest.mark.parametrize("form", KEY_MATTERS, ids=lambda form: form.__name__)
def test_without_the_key_they_are_many(form):
    sent = form(build.desk(load_guangdong()))
    assert (len(sent.clicks(4)), sent.effects.count()) != (1, 1)
