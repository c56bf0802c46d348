"""The admin's first page and its sidebar: what waits for whom, and where things are, gathered from the apps."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.urls import reverse

import awards.attention
import core.notices.services
import judging.attention
import registrations.attention
import registrations.entry_attention
import registrations.work_attention
import seasons.attention
from core import clock
from core.accounts.requests import SignedInRequest
from core.portal_admin import Tile

from .roles import roles_of

# Groups of the sidebar: (icon of Material Symbols, model). What somebody may not see is left out.
SIDEBAR: dict[str, tuple[tuple[str, str], ...]] = {
    "审核": (
        ("fact_check", "registrations.RecommendationRow"),
        ("how_to_reg", "registrations.Entry"),
        ("movie", "registrations.Work"),
        ("assignment", "registrations.Recommendation"),
        ("quickreply", "registrations.ReplyPhrase"),
        ("military_tech", "registrations.Honour"),
        ("download", "registrations.SummaryExport"),
    ),
    "培训": (
        ("event_note", "seasons.Season"),
        ("school", "seasons.Course"),
    ),
    "评审": (
        ("gavel", "judging.Round"),
        ("movie_filter", "judging.Candidate"),
        ("groups", "judging.Judge"),
        ("mark_email_read", "judging.JudgeInvitation"),
        ("do_not_disturb_on", "judging.Recusal"),
    ),
    "赛季": (
        ("volunteer_activism", "seasons.ServiceRecord"),
        ("contact_support", "seasons.Dispute"),
        ("receipt_long", "seasons.PointEntry"),
        ("leaderboard", "seasons.Ladder"),
        ("diversity_3", "seasons.Force"),
    ),
    "到场服务": (
        ("handshake", "seasons.Placement"),
        ("campaign", "seasons.Need"),
        ("event_available", "seasons.Offer"),
        ("location_city", "seasons.Venue"),
    ),
    "奖项": (
        ("emoji_events", "awards.AwardList"),
        ("report", "awards.Objection"),
        ("card_giftcard", "awards.Entitlement"),
        ("print", "awards.CertificateBatch"),
        ("workspace_premium", "awards.Certificate"),
    ),
    "单位": (
        ("account_balance", "registrations.Unit"),
        ("pie_chart", "registrations.UnitQuota"),
        ("badge", "registrations.Officer"),
        ("forward_to_inbox", "registrations.OfficerInvitation"),
        ("map", "registrations.Region"),
    ),
    "公告": (
        ("campaign", "tracks.Announcement"),
        ("qr_code_2", "tracks.GroupCode"),
    ),
    "大赛": (
        ("menu_book", "tracks.Edition"),
        ("event", "tracks.Milestone"),
        ("beach_access", "tracks.SpecialDay"),
        ("alt_route", "tracks.Track"),
        ("support_agent", "tracks.TrackContact"),
    ),
    "系统": (
        ("person", "accounts.User"),
        ("person_remove", "registrations.DeletionRequest"),
        ("mail", "notices.Notice"),
        ("pending_actions", "jobs.Job"),
        ("monitor_heart", "jobs.Heartbeat"),
        ("key", "api.ApiToken"),
    ),
}

# Where the model's own name does not say what one does there.
NAMES = {
    "registrations.RecommendationRow": "审核推荐行",
    "registrations.Entry": "审核报名资格",
    "registrations.Work": "审核作品",
    "seasons.ServiceRecord": "审核服务记录",
}


def dashboard(request: SignedInRequest, context: dict[str, Any]) -> dict[str, Any]:
    """unfold's DASHBOARD_CALLBACK: tiles and the units that wait."""
    now = clock.now()
    apps_with_tiles = (
        registrations.attention, registrations.entry_attention, registrations.work_attention, judging.attention,
        seasons.attention, awards.attention,
    )  # fmt: skip
    tiles = [tile for app in apps_with_tiles for tile in app.tiles(request.user, now)]
    if request.user.is_superuser:
        tiles += _notices()
    return context | {
        "title": "今天要办的",
        "tiles": tiles,
        "units": registrations.attention.waiting_units(request.user, now=now),
    }


def sidebar(request: SignedInRequest) -> list[dict[str, Any]]:
    """unfold's SIDEBAR navigation."""
    groups: list[dict[str, Any]] = [
        {
            "title": "",
            "items": [
                {"title": "今天要办的", "icon": "home", "link": reverse("admin:index")},
                {"title": "驾驶舱", "icon": "speed", "link": reverse("cockpit")},
            ],
        }
    ]
    others = [role for role in roles_of(request) if role["url"] != reverse("admin:index")]
    if others:
        items = [{"title": role["label"], "icon": "switch_account", "link": role["url"]} for role in others]
        groups.append({"title": "切换身份", "separator": True, "items": items})
    for title, entries in SIDEBAR.items():
        items = [item for icon, label in entries if (item := _item(request, icon, label))]
        if title == "大赛" and request.user.is_superuser:
            items.append({"title": "届次导出", "icon": "archive", "link": reverse("edition-exports")})
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _item(request: SignedInRequest, icon: str, label: str) -> dict[str, Any] | None:
    model = apps.get_model(label)
    if not admin.site.is_registered(model) or not admin.site.get_model_admin(model).has_view_permission(request):
        return None
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return {"title": NAMES.get(label, opts.verbose_name_plural), "icon": icon, "link": url}


def _notices() -> list[Tile]:
    found = core.notices.services.attention()
    url = reverse("admin:notices_notice_changelist")
    return [
        Tile("发送失败的通知", found["failed"], f"{url}?state__exact=failed", "看原因，改好后重发", "danger"),
        Tile("结果不明的通知", found["unknown"], f"{url}?state__exact=unknown", "先电话确认是否收到", "warning"),
    ]
