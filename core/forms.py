"""Showing in a form what a service refused."""

from collections.abc import Iterable, Mapping

from django import forms

from .problems import Problem

NOWHERE_ELSE: Mapping[str, str] = {}


def show_problems(
    form: forms.BaseForm,
    problems: Iterable[Problem],
    *,
    called: Mapping[str, str] = NOWHERE_ELSE,
    otherwise: str | None = None,
) -> None:
    """Place problems at the fields where they can be put right.

    called: the rules' word for a field that is called otherwise here. otherwise: the field for what has none of its
    own; None: the head of the form.
    """
    for problem in problems:
        field = called.get(problem.field, problem.field)
        form.add_error(field if field in form.fields else otherwise, problem.message)
