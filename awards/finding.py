"""Searching certificates by number or name; one statement."""

from django.db.models import Q
from django.urls import reverse

from core.accounts.models import User
from core.finding import MOST, Group, Hit
from tracks.models import Edition

from .models import Certificate


def find(user: User, words: str, edition: Edition) -> list[Group]:
    """words: trimmed, not empty. The versions that count, of this edition."""
    found = Certificate.objects.visible_to(user).filter(
        Q(number__icontains=words) | Q(name__icontains=words), state="valid", series__edition=edition
    )
    hits = [
        Hit(one.number, reverse("certificate", kwargs={"certificate": one.pk}), one.name)
        for one in found.order_by("number")[:MOST]
    ]
    return [Group("证书", hits)]
