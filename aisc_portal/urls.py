"""Every address of the portal."""

from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from core import views as core_views

from . import desk, edition_admin, exports, found, guides, home, metrics, past, personal_views, progress, search
from .cockpit import views as cockpit
from .cockpit.views import in_admin

urlpatterns = [
    path("", home.home, name="home"),
    path("vote/", include("judging.voting_urls")),  # hundreds a second, while a hall votes
    path("privacy/", home.privacy, name="privacy"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:who>/", guides.guide_page, name="guide"),
    path("editions/", past.editions, name="editions"),
    path("editions/<slug:slug>/", past.edition, name="edition"),
    path("editions/<slug:slug>/works/", past.edition_works, name="edition_works"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": found.SITEMAPS}, name="sitemap"),
    path("robots.txt", found.robots, name="robots"),
    path("desk/", desk.desk, name="desk"),
    path("entries/<int:entry>/", progress.entry, name="entry"),
    path("account/personal/", personal_views.personal, name="personal"),
    path("account/personal/export/", personal_views.export, name="personal_export"),
    path("account/consents/", personal_views.consents, name="consents"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", include("aisc_portal.api.urls")),
    path("text-size/", core_views.text_size, name="text-size"),
    path("", include("tracks.urls")),
    path("", include("registrations.urls")),
    path("", include("judging.urls")),
    path("", include("seasons.urls")),
    path("", include("awards.urls")),
    path("", include("core.jobs.urls")),
    path("", include("core.notices.urls")),
    path("accounts/", include("core.accounts.urls")),
    path("admin/edition/upload/", admin.site.admin_view(edition_admin.upload), name="edition-upload"),
    path("admin/edition/exports/", in_admin(exports.exports), name="edition-exports"),
    path("admin/edition/archive/", in_admin(exports.archived), name="edition-archive"),
    path("admin/edition/open-data.zip", in_admin(exports.opened), name="open_data"),
    path("admin/find/", in_admin(search.search), name="staff_search"),
    path("admin/cockpit/", in_admin(cockpit.cockpit), name="cockpit"),
    path("admin/cockpit/numbers.xlsx", in_admin(cockpit.workbook), name="cockpit_workbook"),
    path("admin/cockpit/urge/", in_admin(cockpit.urge), name="cockpit_urge"),
    path("admin/cockpit/address/<int:notice>/", in_admin(cockpit.address), name="cockpit_address"),
    path("admin/cockpit/check/", in_admin(cockpit.check), name="cockpit_check"),
    path("admin/", admin.site.urls),
]
if settings.DEMO or settings.TESTING:
    from . import demo

    urlpatterns += [path("demo/jump/", demo.jump, name="demo-jump")]
