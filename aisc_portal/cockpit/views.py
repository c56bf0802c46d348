"""The cockpit in the admin: the page, its workbook, 催报 and 催认领 after a look at the notice, and the check."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.requests import SignedInRequest
from core.notices.models import Notice
from core.portal_admin import PortalAdmin
from core.sheets import write_book
from registrations.models import UnitQuota
from registrations.services import claim_urging, reminders
from tracks.current import contest_time, current_edition
from tracks.models import Edition

from .. import checkups
from . import addresses
from .figures import Figures
from .page import Page
from .shares import shares

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
URGINGS: dict[str, Any] = {"report": reminders, "claims": claim_urging}  # what is asked for → its service


@require_safe
def cockpit(request: SignedInRequest) -> HttpResponse:
    """For the organiser; a contact's share of it."""
    return _frame().page(
        request, "portal/admin/cockpit.html", "驾驶舱", page=Page(_figures(request)), opts=None, content_title="驾驶舱"
    )


@require_safe
def workbook(request: SignedInRequest) -> HttpResponse:
    """The same numbers, a sheet a share."""
    found = shares(_figures(request))
    answer = HttpResponse(write_book((share.title, share.columns, share.rows) for share in found), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="cockpit-{contest_time(request):%Y%m%d}.xlsx"'
    return answer


@require_POST
def urge(request: SignedInRequest) -> HttpResponse:
    """First who would be told, with the notice; when that is confirmed, tell them."""
    kind = request.POST.get("action", "")
    if kind not in URGINGS:
        raise Http404
    asked = URGINGS[kind]
    picked = [int(pk) for pk in request.POST.getlist("_selected_action") if pk.isdecimal() and len(pk) < 18]
    quotas = UnitQuota.objects.visible_to(request.user).filter(pk__in=picked, edition=_edition(request))
    back = reverse("cockpit")
    planned = asked.would_urge(quotas)
    if "confirmed" in request.POST:
        done = reminders.urge_many(planned.told, by=request.user, deed=asked.urge)
        for quota, why in [*planned.passed_over, *done.passed_over]:
            messages.warning(request, f"{quota.unit}：{why}")
        messages.success(request, f"已通知 {len(done.told)} 个单位")
        return HttpResponseRedirect(back)
    letter = asked.urging_letter(planned.told[0]) if planned.told else None
    title = f"{'催报' if kind == 'report' else '催认领'} {len(planned.told)} 个单位"
    return _frame().page(
        request, "registrations/admin/urge.html", title, planned=planned, letter=letter, action=kind, back=back
    )


@require_POST
def check(request: SignedInRequest) -> HttpResponse:
    """Have a worker check every invariant."""
    if not request.user.is_superuser:
        raise PermissionDenied
    said = "已开始检查，片刻后刷新本页看结果" if checkups.ask() else "正在检查，片刻后刷新本页看结果"
    messages.success(request, said)
    return HttpResponseRedirect(reverse("cockpit") + "#checks")


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: SignedInRequest, notice: int) -> HttpResponse:
    """改地址 of an invitation that did not arrive: what will happen, the new address, then it goes out."""
    if not request.user.is_superuser:
        raise PermissionDenied
    found = get_object_or_404(Notice, pk=notice)
    back = reverse("cockpit") + "#mail"
    if problems := addresses.why_not(found):
        messages.warning(request, "".join(problem.message for problem in problems))
        return HttpResponseRedirect(back)

    def act(said: dict[str, Any]) -> str:
        addresses.correct(found, by=request.user, **said)
        return f"已改好，邀请已发往新地址：{found.name or found.label}"

    return _frame().ask(
        request, addresses.AddressForm(request.POST or None), act, title=f"改地址：{found.label}",
        button="改好并重新邀请", back=back, effects=addresses.effects(found),
    )  # fmt: skip


def in_admin(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Behind the admin's sign-in, its forms counted once."""
    return admin.site.admin_view(view)


def _figures(request: SignedInRequest) -> Figures:
    return Figures(request.user, _edition(request), contest_time(request))


def _edition(request: HttpRequest) -> Edition:
    edition = current_edition(request)
    if edition is None:
        raise Http404
    return edition


def _frame() -> PortalAdmin:
    return cast(PortalAdmin, admin.site.get_model_admin(UnitQuota))
