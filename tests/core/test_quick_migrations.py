"""Constraints, indexes and triggers reach the rendered models of a migration without a new rendering."""

from django.db import models
from django.db.migrations.operations import AddConstraint, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger

NAME = "paper"
INDEX = models.Index(fields=["number"], name="by_number")
CHECK = models.CheckConstraint(condition=models.Q(number__gt=0), name="positive")
SQL = UpsertTriggerSql(pgid="tells", func="RETURN NULL;", table="core_paper", when="AFTER", operation="INSERT")
TRIGGER = Trigger(name="tells", sql=SQL)
ADDED: dict[str, tuple[Operation, object]] = {
    "indexes": (AddIndex(NAME, INDEX), INDEX),
    "constraints": (AddConstraint(NAME, CHECK), CHECK),
    "triggers": (AddTrigger(model_name="Paper", trigger=TRIGGER), TRIGGER),
}


def test_the_model_has_what_was_added_and_is_the_same() -> None:
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("number", models.IntegerField())]
    CreateModel("Paper", fields).state_forwards("core", state)
    before = state.apps.get_model("core", NAME)
    for option, (operation, added) in ADDED.items():
        operation.state_forwards("core", state)
        assert state.models["core", NAME].options[option] == [added]
        assert getattr(before._meta, option) == [added]
    assert state.apps.get_model("core", NAME) is before
