"""The theme seasons as the edition's file says; what organisers added stays."""

from typing import Any

from django.db.models import ProtectedError

from core.problems import Problem, refuse_if
from core.states import move
from tracks.models import Edition
from tracks.rulebook import contest as said

from ..models import Season


def adopt(edition: Edition) -> None:
    """Bring the themes in line with the edition's text, inside the caller's transaction.

    Themes that the organiser added, and dates that they set, stay. Raises Refused for a theme that would vanish or
    change its kind though something hangs on it.
    """
    stored = {row.code: row for row in Season.objects.filter(edition=edition)}
    milestones = {row.code: row for row in edition.milestones.all()}
    categories = {row.code: row for row in edition.categories.all()}
    problems: list[Problem] = []
    for position, theme in enumerate(edition.rulebook.seasons):
        row = stored.pop(theme.code, None)
        if row and row.kind != theme.kind:
            problems.append(Problem("season.kind", f"主题“{row}”已经建立，种类不能改。请在文件里换一个代码"))
            continue
        values = _values(theme) | {
            "position": position,
            "milestone": milestones[theme.milestone],
            "category": categories[theme.category] if theme.category else None,
        }
        _keep(row or Season(edition=edition, code=theme.code), values)
    problems += [problem for row in stored.values() if row.from_file for problem in _drop(row)]
    refuse_if(problems)


def _values(theme: said.Season) -> dict[str, Any]:
    return {
        "name": theme.name,
        "kind": theme.kind,
        "industry": theme.industry,
        "format": theme.format,
        "contents": list(theme.contents),
        "source": theme.source,
        "from_file": True,
    }


def _keep(row: Season, values: dict[str, Any]) -> None:
    """Make the row what the file says; a theme of the file is announced with it."""
    new = row._state.adding
    if not new and all(getattr(row, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    if new:
        move(row, "publish")


def _drop(row: Season) -> list[Problem]:
    try:
        row.delete()
    except ProtectedError as error:
        used = len(error.protected_objects)
        words = f"文件删去了主题“{row}”，但已有 {used} 条记录用到它。请在文件里保留它，或在后台把它取消"
        return [Problem("season.in_use", words)]
    return []
