"""The addresses of venues, needs, offers and placements."""

from django.urls import path, re_path

from .views import placing, venues

SIDE = r"^placements/(?P<placement>\d+)/(?P<side>venue|entry)"

urlpatterns = [
    path("units/<int:unit>/venues/", venues.unit_venues, name="unit_venues"),
    path("venues/<int:venue>/", venues.venue, name="venue"),
    path("venues/<int:venue>/edit/", venues.venue_edit, name="venue_edit"),
    path("venues/<int:venue>/needs/new/", venues.need_new, name="need_new"),
    path("needs/<int:need>/", venues.need, name="need"),
    re_path(r"^needs/(?P<need>\d+)/(?P<deed>close|open)/$", venues.need_do, name="need_do"),
    path("needs/<int:need>/cancel/", venues.need_cancel, name="need_cancel"),
    path("venue-invitations/<str:token>/", venues.VenueInvitationView.as_view(), name="venue_invitation"),
    path("entries/<int:entry>/placing/", placing.placing, name="placing"),
    path("entries/<int:entry>/placing/offer/", placing.offer_edit, name="offer_edit"),
    path("entries/<int:entry>/placing/withdraw/", placing.offer_withdraw, name="offer_withdraw"),
    path("placements/<int:placement>/", placing.placement, name="placement"),
    re_path(rf"{SIDE}/accept/$", placing.placement_accept, name="placement_accept"),
    re_path(rf"{SIDE}/refuse/$", placing.placement_refuse, name="placement_refuse"),
    path("placements/<int:placement>/visit/", placing.placement_visit, name="placement_visit"),
    path("placements/<int:placement>/record/", placing.placement_record, name="placement_record"),
]
