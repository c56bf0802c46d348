"""History only grows, but for one thing: a person can be blanked in it, by one procedure that says so."""

import psycopg2
import pytest
from django.db import Error, connection, transaction

from core.accounts.models import User
from core.audit.history import REDACTED, recorded
from core.audit.models import Redaction
from core.audit.redaction import redact
from core.audit.timeline import timeline
from tests.registrations.owner import as_owner

HISTORY = "accounts_userevent"


@pytest.fixture
def user(db):
    with recorded("account.created", by=None, reason="祝宇来电", changes={"姓名": ("", "祝宇")}):
        return User.objects.create_user("祝宇", phone="13800138001")


def told(user) -> list[tuple[str, str, dict]]:
    events = User.pgh_event_model.objects.filter(pgh_obj=user.pk).order_by("pgh_id")
    return [(event.real_name, event.pgh_label, event.pgh_context) for event in events]


def blank(user) -> None:
    with recorded("personal.purged", by=None):
        redact(User, [user.pk])


def test_the_name_and_the_words_go_and_the_deed_stays(user):
    blank(user)
    deed = {"verb": "account.created", "actor": None, "reason": REDACTED}
    assert told(user) == [(REDACTED, "insert", deed)]
    assert [(moment.label, moment.reason) for moment in timeline(user)] == [("建立账号", REDACTED)]


def test_the_same_deeds_words_go_from_other_histories(user):
    with recorded("account.changed", by=None, reason="祝宇与王芳换号"):
        other = User.objects.create_user("王芳", phone="13800138002")
        User.objects.filter(pk=user.pk).update(verified=False)
    blank(user)
    assert [(name, context["reason"]) for name, _, context in told(other)] == [("王芳", REDACTED)]


def test_this_deeds_own_reason_stays(user):
    with transaction.atomic(), recorded("personal.purged", by=user, reason="依申请"):
        User.objects.filter(pk=user.pk).update(real_name="参赛者X")
        redact(User, [user.pk])
    assert told(user)[-1][2]["reason"] == "依申请"
    line = Redaction.objects.get()
    assert (line.history, line.things, line.columns) == (HISTORY, [str(user.pk)], ["real_name"])
    assert (line.context["verb"], line.context["actor"]) == ("personal.purged", user.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_userevent SET real_name = '（已删除）'",
        "CALL redact_history('accounts_userevent', ARRAY[{pk}]::text[], ARRAY['pgh_label'])",
        "CALL redact_history('accounts_userevent', ARRAY[{pk}]::text[], ARRAY['is_staff'])",
        "CALL redact_history('accounts_user', ARRAY[{pk}]::text[], ARRAY['real_name'])",
        "UPDATE audit_redaction SET history = ''",
        "DELETE FROM audit_redaction",
    ],
)
def test_the_application_can_do_nothing_else(user, statement):
    before = told(user)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(pk=user.pk))
    assert told(user) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change", ["real_name = '李四'", "is_staff = true", "pgh_context = '{}'", "pgh_created_at = now()"]
)
def test_nor_can_the_owner(change):
    user = User.objects.create_user("祝宇", phone="13800138001")
    for statement in (f"UPDATE {HISTORY} SET {change}", f"DELETE FROM {HISTORY}"):
        with pytest.raises(psycopg2.Error, match="append-only"):
            as_owner(statement)
    assert [name for name, *_ in told(user)] == ["祝宇"]
