"""Signed out in the middle of typing: every clerk's form waits for its author, filled in (the grid: test_grid.py)."""

import pytest
from django.urls import reverse

from tests.registrations import build
from tests.registrations.staff import signed_in

TYPED = {"name": "王一一", "organisation": "城南第二中学", "phone": "12 34", "entrant": "individual"}
WAITS = "登录过期前填的内容还在"


def address(desk: build.Desk, name: str) -> str:
    return reverse(name, args=[desk.row().pk if name == "row_edit" else desk.unit.pk])


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("row_new", "name", "王一一"),
        ("row_edit", "organisation", "城南第二中学"),
        ("paste", "text", "王一一\t\t城南中学\t13800138001\tA"),
    ],
)
def test_what_was_typed_comes_back_after_signing_in(desk, name, field, value):
    clerk, page = signed_in(desk.officer), address(desk, name)
    clerk.session.flush()
    assert clerk.post(page, TYPED | {field: value}).url == f"{reverse('account_login')}?next={page}"
    clerk.force_login(desk.officer, backend="core.accounts.backends.Backend")
    shown = clerk.get(page)
    form = shown.context["asked" if name == "paste" else "row_form"]
    assert (WAITS in shown.content.decode(), form[field].value(), form.errors) == (True, value, {})
    clerk.post(page, TYPED | {field: value})
    assert WAITS not in clerk.get(page).content.decode()
