"""A quick `migrate`: a trigger, constraint or index changes no field, so no model is rendered again on its account.

For each of these operations (over 700 in the first migrations) Django and pgtrigger render the model and all that it is
related to, some 55 classes each time: 71,000 renderings in a first `migrate`, which now takes 31,500.
"""

from typing import Any

from django.apps.registry import Apps
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger


def install() -> None:
    """From now on the rendered model is told of its new option, and keeps its relations."""
    ProjectState._append_option = append_option  # type: ignore[attr-defined]  # private to Django
    AddTrigger.state_forwards = add_trigger  # type: ignore[method-assign,assignment]  # a function is its method


def append_option(state: ProjectState, app_label: str, model_name: str, option: str, added: Any) -> None:
    """Append a constraint, index or trigger to a model's state, and to the model if it is rendered."""
    options = state.models[app_label, model_name].options
    options[option] = [*options.get(option, []), added]
    if "apps" in state.__dict__:  # rendered already; asking for `state.apps` would render all
        apps: Apps = state.apps
        setattr(apps.get_model(app_label, model_name)._meta, option, list(options[option]))


def add_trigger(operation: AddTrigger, app_label: str, state: ProjectState) -> None:
    """pgtrigger's operation by the same way."""
    append_option(state, app_label, operation.model_name.lower(), "triggers", operation.trigger)
