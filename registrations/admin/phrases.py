"""常用退回理由: what contacts write again and again, kept by themselves."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from unfold.decorators import display

from core.portal_admin import PortalAdmin
from tracks.models import Track

from ..models import ReplyPhrase
from .review_filters import short_name


@admin.register(ReplyPhrase)
class ReplyPhraseAdmin(PortalAdmin):
    """A contact keeps the phrases of their tracks; the organiser all, and those for every track."""

    organiser_may = contacts_may = frozenset({"view", "add", "change", "delete"})
    verbs = {"add": "phrase.added", "change": "phrase.changed", "delete": "phrase.removed"}
    list_display = ["words", "track_name", "position"]
    list_select_related = ["track__edition"]
    fields = ["track", "words", "position"]

    @display(description="赛道")
    def track_name(self, phrase: ReplyPhrase) -> str:
        return short_name(phrase.track) if phrase.track else "各赛道通用"

    def formfield_for_foreignkey(self, db_field: "ForeignKey[Any, Any]", request: Any, **kwargs: Any) -> Any:
        """Own tracks only; the empty choice, for every track, is the organiser's."""
        if db_field.name == "track":
            tracks: QuerySet[Track] = Track.objects.visible_to(request.user)
            kwargs |= {"queryset": tracks.filter(edition__is_current=True), "required": not request.user.is_superuser}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
