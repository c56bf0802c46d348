"""Links of the admin lead only where their reader may go: `{% load admin_links %}`."""

from typing import Any

from django import template
from django.contrib.admin import site
from django.db.models import Model
from django.http import HttpRequest

register = template.Library()


@register.simple_tag(takes_context=True)
def readable(context: template.Context, field: Any) -> Any:
    """What a read-only field of the admin shows.

    unfold makes a link of everything that a field points to; whoever may not open it reads the words alone.
    field: unfold's UnfoldAdminReadonlyField, or nothing.
    """
    if not field:
        return ""
    found = getattr(field, "resolved_field", None)  # (field, attribute, value), False where there is none
    value = found[2] if found else None
    if isinstance(value, Model) and not may_open(context.get("request"), value):
        return str(value)
    return field.contents()


def may_open(request: HttpRequest | None, thing: Model) -> bool:
    """Whether the page of `thing` in the admin opens for this reader; of an unknown reader nobody knows, so no.

    Asks the database once for staff who are not the organiser, and only where they may see such things at all.
    """
    model = type(thing)
    if request is None or not site.is_registered(model):
        return False
    pages = site.get_model_admin(model)
    if not pages.has_view_or_change_permission(request, thing):
        return False
    return request.user.is_superuser or pages.get_queryset(request).filter(pk=thing.pk).exists()
