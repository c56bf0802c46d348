"""Searching units, rows, entries, people and works by name, pinyin or number; one statement a kind."""

import re
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from core.accounts.models import User
from core.finding import MOST, Group, Hit
from tracks.models import Edition

from .entry_models import Entry, Member
from .models import RecommendationRow, Unit
from .work_models import Work

UNREAD = "还没有提交，看不到内容；可以开放修改"
WORK_NUMBER = re.compile(r"(?:[A-Za-z0-9]{3,12}-)?[A-Za-z]-([0-9]{1,9})")  # GDAIKP1-A-000128, or A-000128


def find(user: User, words: str, edition: Edition) -> list[Group]:
    """words: trimmed, not empty. Everything drawn from `visible_to`."""
    return [
        _units(user, words),
        _rows(user, words, edition),
        _entries(user, words, edition),
        _people(user, words, edition),
        _works(user, words, edition),
    ]


def _units(user: User, words: str) -> Group:
    former = Unit.objects.filter(former_names__name__icontains=words).values("pk")
    found = Unit.objects.visible_to(user).filter(_named("full_name", words) | Q(pk__in=former))
    hits = [Hit(u.full_name, _change("unit", u.pk), u.region.name) for u in found.select_related("region")[:MOST]]
    return Group("推荐单位", hits, _list("unit", words))


def _rows(user: User, words: str, edition: Edition) -> Group:
    rows = RecommendationRow.objects.visible_to(user).filter(edition=edition).exclude(state="draft")
    found = rows.filter(_named("name", words) | Q(team_name__icontains=words)).select_related("recommendation__unit")
    hits = [
        Hit(f"{row.name} {row.team_name}".strip(), _change("recommendationrow", row.pk), _told(row))
        for row in found.order_by("-submitted_at")[:MOST]
    ]
    return Group("推荐行", hits, f"{_list('recommendationrow', words)}&state=all")


def _told(row: RecommendationRow) -> str:
    return f"{row.recommendation.unit.full_name} 第 {row.position} 行 · {row.get_state_display()}"


def _entries(user: User, words: str, edition: Edition) -> Group:
    found = Entry.objects.visible_to(user).filter(
        _named("team_name", words) | Q(pk=Entry.pk_of(words)), edition=edition
    )
    hits = [
        Hit(str(e), _change("entry", e.pk), f"{e.number} · {e.get_state_display()}")
        for e in found.select_related("edition")[:MOST]
    ]
    if not hits and (pk := Entry.pk_of(words)):
        drafts = Entry.objects.unread(user).filter(pk=pk, edition=edition)
        hits = [Hit(e.number, _unlock("entry", e.pk), UNREAD) for e in drafts]
    return Group("报名", hits, _list("entry", words))


def _people(user: User, words: str, edition: Edition) -> Group:
    """Led to by their entry; whoever has left it is not found."""
    entries = Entry.objects.visible_to(user).filter(edition=edition)
    found = Member.objects.here().filter(_named("name", words), entry__in=entries.values("pk"))
    hits = [
        Hit(one.name, _change("entry", one.entry_id), f"{one.role_name} · {one.entry}")
        for one in found.select_related("entry__edition").order_by("name", "pk")[:MOST]
    ]
    return Group("参赛者与指导教师", hits)


def _works(user: User, words: str, edition: Edition) -> Group:
    number = WORK_NUMBER.fullmatch(words)
    key = int(number[1]) if number else None
    found = Work.objects.reviewed_by(user).filter(_named("title", words) | Q(pk=key), edition=edition)
    hits = [
        Hit(str(work), _change("work", work.pk), f"{work.number} · {work.get_state_display()}")
        for work in found.select_related("edition", "entry").order_by("-submitted_at")[:MOST]
    ]
    if not hits and key:
        drafts = Work.objects.unread(user).filter(pk=key, edition=edition).select_related("edition")
        hits = [Hit(work.number, _unlock("work", work.pk), UNREAD) for work in drafts]
    return Group("作品", hits, _list("work", words))


def _named(field: str, words: str) -> Q:
    """By name or by its pinyin, written together or as initials."""
    return Q(**{f"{field}__icontains": words}) | Q(pinyin__icontains=words.lower())


def _change(model: str, pk: int) -> str:
    return reverse(f"admin:registrations_{model}_change", args=[pk])


def _unlock(model: str, pk: int) -> str:
    return reverse(f"admin:registrations_{model}_unlock", args=[pk])


def _list(model: str, words: str) -> str:
    return f"{reverse(f'admin:registrations_{model}_changelist')}?q={quote(words)}"
