"""Sealed fields: in the table, in Django's hands, and sealed anew while the portal runs."""

import copy
import os
import pickle
from base64 import b64encode
from collections.abc import Iterator
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value
from django.forms import modelform_factory

from core.sealed import invariants, rotation
from core.sealed.envelopes import SealError, blind_index
from core.sealed.fields import BlindIndexField, SealedTextField
from tests.registrations.racing import race
from tools.databases import APP, execute

NAME, PHONE, OTHER = "䶮㛃", "+8613800138000", "+8613800138001"
K1, K2 = (f"k{n}:{b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
FOUND = "密封的内容都能打开，盲索引与内容相符"


class Guardian(models.Model):
    """As in the package's docstring; outside the project's registry, and so without a migration."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    name = SealedTextField()
    phone = SealedTextField(blank=True)
    phone_index = BlindIndexField(of="phone", purpose="guardian.phone")
    city = models.CharField(max_length=20, blank=True)

    class Meta:
        apps = Apps()
        app_label = "sealed"
        db_table = "sealed_test"
        constraints = [models.CheckConstraint(condition=~models.Q(city="x"), name="sealed_test_city")]

    def __str__(self) -> str:
        return self.city


def make_table() -> None:
    """The owner makes the table: the application may not. A transactional test's database begins without it."""
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.create_model(Guardian)
    url = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
    grant = f"GRANT SELECT, INSERT, UPDATE, DELETE ON sealed_test TO {APP}"
    execute(url, "DROP TABLE IF EXISTS sealed_test", *editor.collected_sql, grant)


@pytest.fixture(scope="module", autouse=True)
def table(django_db_setup, django_db_blocker) -> Iterator[None]:
    """For the tests that roll back; the last transactional test has its database made anew without it."""
    with django_db_blocker.unblock():
        make_table()
        yield
        url = os.environ["PORTAL_TEST_OWNER_URL"].format(name=connection.settings_dict["NAME"])
        execute(url, "DROP TABLE IF EXISTS sealed_test")


@pytest.fixture(autouse=True)
def keys(settings) -> None:
    settings.DATA_KEYS = K1


@pytest.fixture
def registered() -> Iterator[None]:
    """The project knows of the model."""
    apps.register_model("sealed", Guardian)
    yield
    del apps.all_models["sealed"]["guardian"]
    apps.clear_cache()


def guardian(**fields: str) -> Guardian:
    return Guardian.objects.create(**{"name": NAME, "phone": PHONE} | fields)


def raw(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


# --- the fields -------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestInTheTable:
    def test_round_trip(self):
        made = Guardian.objects.get(pk=guardian(name="买买提·艾力", phone="").pk)
        assert (made.name, made.phone, made.phone_index) == ("买买提·艾力", "", "")
        made.name = "㛃"
        made.save()
        made.refresh_from_db()
        assert (made.name, Guardian.objects.only("city").get().name) == ("㛃", "㛃")

    def test_select_shows_no_text(self):
        guardian()
        ((row,),) = raw("SELECT t::text FROM sealed_test t")
        assert [word for word in (NAME, PHONE, PHONE[3:], NAME.encode().hex()) if word in row] == []
        assert row.count("s1:k1:") == 2

    def test_found_by_its_index(self):
        mine = guardian()
        guardian(phone=OTHER)
        assert Guardian.objects.get(phone_index=blind_index(PHONE, "guardian.phone")) == mine
        mine.phone = OTHER
        mine.save(update_fields=["phone", "phone_index"])
        assert Guardian.objects.filter(phone_index=mine.phone_index).count() == 2

    @pytest.mark.parametrize("column", ["name", "phone"])
    def test_moved_to_another_row_or_column_it_does_not_open(self, column):
        mine, other = guardian(), guardian()
        raw(f"UPDATE sealed_test SET phone = (SELECT {column} FROM sealed_test WHERE id = %s)", mine.pk)
        reader = mine if column == "name" else other
        with pytest.raises(SealError, match=f"sealed_test.phone（行 {reader.pk}）打不开.*k1"):
            print(Guardian.objects.get(pk=reader.pk).phone)

    def test_a_row_given_another_key_is_not_saved(self):
        copied = Guardian.objects.get(pk=guardian().pk)
        copied.pk, copied._state.adding = uuid4(), True
        with pytest.raises(SealError):
            copied.save()

    def test_bulk_create_seals(self):
        Guardian.objects.bulk_create([Guardian(name=NAME, phone=phone) for phone in (PHONE, OTHER)])
        assert sorted((g.name, g.phone) for g in Guardian.objects.all()) == [(NAME, PHONE), (NAME, OTHER)]
        assert Guardian.objects.filter(phone_index=blind_index(OTHER, "guardian.phone")).count() == 1

    def test_update_or_create_seals(self):
        made, _ = Guardian.objects.update_or_create(city="广州", defaults={"name": NAME})
        made, _ = Guardian.objects.update_or_create(city="广州", defaults={"name": "㛃"})
        assert Guardian.objects.get(pk=made.pk).name == "㛃"

    @pytest.mark.parametrize("field", ["name", "phone_index"])
    def test_updates_with_a_text_are_refused(self, field):
        made = guardian()
        with pytest.raises(SealError, match="BlindIndexField|blind_index"):
            Guardian.objects.update(**{field: PHONE})
        with pytest.raises(SealError):
            Guardian.objects.filter(**{field: PHONE})
        made.name = PHONE
        with pytest.raises(SealError):
            Guardian.objects.bulk_update([made], ["name"])

    @pytest.mark.parametrize("lookup", ["contains", "startswith", "gt", "in", "iexact", "regex"])
    def test_nothing_is_compared_with_what_is_sealed(self, lookup):
        with pytest.raises(FieldError, match=f"Unsupported lookup '{lookup}'"):
            Guardian.objects.filter(**{f"name__{lookup}": PHONE})

    @pytest.mark.parametrize("field", ["name", "phone_index"])
    def test_the_database_lets_nothing_in_that_is_not_sealed(self, field):
        guardian()
        for act in (
            lambda: raw(f"UPDATE sealed_test SET {field} = %s", PHONE),
            lambda: Guardian.objects.update(**{field: Value(PHONE)}),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()

    def test_a_purge_empties(self):
        guardian()
        Guardian.objects.update(name="", phone="", phone_index="")
        assert list(Guardian.objects.filter(name="").values_list("phone_index")) == [("",)]
        assert Guardian.objects.get().phone == ""

    def test_a_copied_column_does_not_open(self):
        guardian()
        Guardian.objects.update(name=F("phone"))
        with pytest.raises(SealError):
            print(Guardian.objects.get().name)

    def test_nothing_shows_a_text_that_was_not_asked_for(self):
        fresh, made = Guardian(name=NAME, phone=PHONE), guardian()
        loaded = Guardian.objects.get()
        shown = [repr(g) + str(vars(g)) for g in (fresh, made, loaded)]
        shown += [
            str(list(Guardian.objects.values())),
            f"{loaded.__dict__['name']}",
            repr(pickle.dumps([made, loaded])),
        ]
        assert [text for text in shown if NAME in text or PHONE in text or ascii(NAME)[1:-1] in text] == []

    def test_pickled_it_stays_sealed(self, registered):
        made = guardian()
        assert pickle.loads(pickle.dumps(made)).phone == PHONE
        assert pickle.loads(pickle.dumps(Guardian.objects.all()))[0].name == NAME
        with pytest.raises(SealError, match="请先保存"):
            pickle.dumps(Guardian(name=NAME))

    def test_copies_can_be_read(self, registered):
        assert {copy.deepcopy(g).name for g in (Guardian(name=NAME), guardian())} == {NAME}

    def test_validation_reads_it(self):
        made = guardian()
        made.full_clean()
        assert made.phone == PHONE

    @pytest.mark.parametrize("wrong", [None, 13800138000, b"x", F("phone")])
    def test_takes_texts_only(self, wrong):
        with pytest.raises(TypeError, match="takes a text"):
            Guardian(name=wrong)

    def test_without_a_primary_key_nothing_is_sealed(self):
        with pytest.raises(SealError, match="还没有主键"):
            Guardian._meta.get_field("name").sealed_for(Guardian(pk=None, name=NAME))

    def test_forms_do_not_take_it_up_by_themselves(self):
        assert list(modelform_factory(Guardian, fields="__all__")().fields) == ["id", "city"]


def test_the_migration_gets_the_fields_whole():
    for field in (SealedTextField("手机", blank=True), BlindIndexField(of="phone", purpose="p", db_index=False)):
        _, path, args, kwargs = field.deconstruct()
        assert path == f"core.sealed.fields.{type(field).__name__}"
        assert type(field)(*args, **kwargs).deconstruct()[1:] == (path, args, kwargs)


# --- checks -----------------------------------------------------------------------------------------------


def faults_of(**attributes: object) -> list[str]:
    """The ids of what Django's checks find wrong with a model."""
    meta = type("Meta", (), {"apps": Apps(), "app_label": "sealed"})
    own = {"__module__": __name__, "Meta": meta, "id": models.UUIDField(primary_key=True, default=uuid4)}
    model = type("Thing", (models.Model,), own | attributes)
    return [error.id for field in model._meta.local_fields for error in field.check() if error.id.startswith("sealed")]


@pytest.mark.parametrize(
    ("attributes", "faults"),
    [
        ({"phone": SealedTextField(), "index": BlindIndexField(of="phone", purpose="p")}, []),
        ({"phone": SealedTextField(), "id": models.BigAutoField(primary_key=True)}, ["sealed.E002"]),
        ({"phone": SealedTextField(null=True)}, ["sealed.E003"]),
        ({"phone": SealedTextField(unique=True)}, ["sealed.E003"]),
        ({"phone": models.TextField(), "index": BlindIndexField(of="phone", purpose="p")}, ["sealed.E005"]),
        # What @tracked makes of a model that does not exclude its sealed fields.
        ({"phone": SealedTextField(), "append_only": True}, ["sealed.E004"]),
        ({"index": BlindIndexField(of="phone", purpose="p"), "append_only": True}, ["sealed.E004", "sealed.E005"]),
    ],
)
def test_models_that_cannot_hold_it_are_refused(attributes, faults):
    assert faults_of(**attributes) == faults


# --- rotation ---------------------------------------------------------------------------------------------


def counts(tally: rotation.Tally) -> tuple[int, int, int, int]:
    return tally.rows, tally.resealed, tally.reindexed, len(tally.failed)


class Stopped(Exception):
    pass


def stop_at(number: int):
    """Raises at the database's n-th UPDATE."""
    left = [number]

    def watch(execute, sql, *rest):
        left[0] -= (update := sql.startswith("UPDATE"))
        if update and left[0] == 0:
            raise Stopped
        return execute(sql, *rest)

    return connection.execute_wrapper(watch)


@pytest.mark.django_db
class TestRotation:
    def test_every_value_gets_the_first_key(self, settings):
        made = [guardian(phone=phone) for phone in (PHONE, OTHER, "")]
        settings.DATA_KEYS = f"{K2},{K1}"
        assert counts(rotation.rotate(Guardian, batch=2)) == (3, 5, 0, 0)
        assert counts(rotation.rotate(Guardian)) == (3, 0, 0, 0)
        settings.DATA_KEYS = K2
        assert [Guardian.objects.get(pk=g.pk).phone for g in made] == [PHONE, OTHER, ""]

    def test_a_save_uses_the_first_key(self, settings):
        loaded = Guardian.objects.get(pk=guardian().pk)
        settings.DATA_KEYS = f"{K2},{K1}"
        loaded.save()
        assert rotation.keys_in_use(Guardian) == {"k2": 2}

    def test_stopped_half_way_it_is_run_again(self, settings):
        for _ in range(5):
            guardian()
        settings.DATA_KEYS = f"{K2},{K1}"
        with pytest.raises(Stopped), stop_at(4):
            rotation.rotate(Guardian, batch=2)
        assert rotation.keys_in_use(Guardian) == {"k2": 4, "k1": 6}
        assert counts(rotation.rotate(Guardian, batch=2)) == (5, 6, 0, 0)

    def test_indexes_follow_their_key(self, settings):
        guardian(), guardian(phone="")
        settings.DATA_INDEX_KEY = b64encode(b"i" * 32).decode()
        assert Guardian.objects.filter(phone_index=blind_index(PHONE, "guardian.phone")).count() == 0
        assert [name for _, names in invariants.invariants() for name in names] == []
        assert len(list(rotation.faults(Guardian))) == 1
        assert counts(rotation.rotate(Guardian)) == (2, 0, 1, 0)
        assert Guardian.objects.filter(phone_index=blind_index(PHONE, "guardian.phone")).count() == 1

    def test_the_command_tells_what_became_of_them(self, settings, registered):
        guardian()
        settings.DATA_KEYS = f"{K2},{K1}"
        out = StringIO()
        call_command("rotate_data_keys", stdout=out)
        lines = out.getvalue().splitlines()
        assert "sealed_test：1 行，重新密封 2 处，重算索引 0 处" in lines
        assert lines[-3:-1] == ["密钥 k2：密封着 2 处", "密钥 k1：密封着 0 处"]

    def test_what_does_not_open_is_told_and_left(self, settings, registered):
        broken, whole = guardian(), guardian()
        raw("UPDATE sealed_test SET name = phone WHERE id = %s", broken.pk)
        settings.DATA_KEYS = f"{K2},{K1}"
        out = StringIO()
        with pytest.raises(CommandError, match="1 行打不开"):
            call_command("rotate_data_keys", stdout=out)
        assert f"sealed_test.name（行 {broken.pk}）打不开" in out.getvalue()
        assert rotation.keys_in_use(Guardian) == {"k1": 2, "k2": 2}
        ((name, faults),) = invariants.invariants()
        assert (name, len(faults), Guardian.objects.get(pk=whole.pk).name) == (FOUND, 1, NAME)


@pytest.mark.django_db(transaction=True)
def test_rotation_loses_nothing_that_the_portal_writes_meanwhile(settings):
    make_table()
    made = [guardian() for _ in range(60)]
    settings.DATA_KEYS = f"{K2},{K1}"

    def write(mine: list[Guardian]) -> None:
        for first, second in zip(mine, mine[1:] + mine[:1], strict=True):
            with transaction.atomic():  # two rows a transaction, in any order
                for pk in (first.pk, second.pk):
                    row = Guardian.objects.select_for_update(no_key=True).get(pk=pk)
                    row.phone = OTHER
                    row.save()

    outcomes = race(lambda: rotation.rotate(Guardian, batch=20), *(lambda n=n: write(made[n::3]) for n in range(3)))
    assert (counts(outcomes[0])[0], outcomes[1:]) == (60, [None] * 3)
    assert rotation.keys_in_use(Guardian) == {"k2": 120}
    settings.DATA_KEYS = K2
    assert {(row.name, row.phone) for row in Guardian.objects.all()} == {(NAME, OTHER)}
