"""The addresses of service records and points."""

from django.urls import path

from . import views

urlpatterns = [
    path("entries/<int:entry>/services/", views.records, name="records"),
    path("entries/<int:entry>/services/new/", views.record_begin, name="record_begin"),
    path("services/<int:record>/", views.record, name="record"),
    path("services/<int:record>/withdraw/", views.record_withdraw, name="record_withdraw"),
    path("services/<int:record>/restore/", views.record_restore, name="record_restore"),
    path("services/<int:record>/photos/", views.photo_add, name="photo_add"),
    path("services/photos/<int:photo>/", views.record_photo, name="record_photo"),
    path("services/photos/<int:photo>/pages/<int:derived>/", views.photo_page, name="photo_page"),
    path("services/photos/<int:photo>/remove/", views.photo_remove, name="photo_remove"),
    path("entries/<int:entry>/points/", views.passbook, name="passbook"),
    path("points/lines/<int:line>/dispute/", views.dispute_new, name="dispute_new"),
    path("leaderboard/", views.leaderboard, name="leaderboard"),
    path("leaderboard/<int:snapshot>/bundle.zip", views.points_bundle, name="points_bundle"),
]
