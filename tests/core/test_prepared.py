"""Reads whose SQL is kept: the same rows as the queryset's, the same guards."""

from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from core.accounts.models import Session, User
from core.audit.history import recorded
from core.prepared import Planned, Prepared

pytestmark = pytest.mark.django_db

by_name = Prepared(
    1, lambda name: User.objects.annotate(long=Length("real_name")).filter(real_name=name).order_by("pk")
)
session_of = Prepared(
    2, lambda user, key: Session.objects.select_related("user").filter(user=user, session_key=key, user__is_active=True)
)


def test_the_rows_and_what_comes_with_them(django_assert_num_queries):
    wang, other = (User.objects.create_user(name, phone=f"1380013800{at}") for at, name in enumerate(["王芳", "祝宇"]))
    Session.objects.create(session_key="k", session_data="", expire_date=wang.date_joined, user=wang)
    with django_assert_num_queries(2):
        assert [(user, user.long) for user in by_name("王芳")] == [(wang, 2)]
        assert session_of(wang.pk, "k")[0].user == wang
    assert (by_name.first("无"), session_of(other.pk, "k")) == (None, [])


def test_values_are_values():
    assert by_name("' OR 1=1 --") == []


def test_history_hears_of_what_writes_and_not_of_what_reads():
    """It goes by the statement's name."""
    wang = User.objects.create_user("王芳", phone="13800138000")
    told = Planned(f"UPDATE {User._meta.db_table} SET real_name = $1 WHERE id = $2")
    with recorded("account.changed", by=wang), CaptureQueriesContext(connection) as captured:
        with transaction.atomic(), connection.cursor() as cursor:
            told.execute(cursor, ["王芳芳", wang.pk])
        assert [user.pk for user in by_name("王芳芳")] == [wang.pk]
    assert ["set_config" in one["sql"] for one in captured if "EXECUTE" in one["sql"]] == [True, False]
    assert wang.events.order_by("pgh_id").last().pgh_context["verb"] == "account.changed"


def test_what_does_not_reach_the_sql_is_refused():
    with pytest.raises(ValueError, match="not every value"):
        Prepared(2, lambda name, unused: User.objects.filter(real_name=name))("王芳", 1)


@pytest.mark.django_db(transaction=True)
def test_each_thread_reads_with_its_own_connection():
    user, found = User.objects.create_user("王芳", phone="13800138000"), []

    def read() -> None:
        found.extend(by_name("王芳"))
        connection.close()

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [user] * 4
