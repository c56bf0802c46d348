"""The public pages that say what the contest is."""

from django.urls import path

from . import views

urlpatterns = [
    path("tracks/", views.tracks, name="tracks"),
    path("quota/", views.quota, name="quota"),
    path("schedule/", views.schedule, name="schedule"),
    path("downloads/", views.downloads, name="downloads"),
    path("downloads/recommendation.xlsx", views.blank_form, name="blank-form"),
]
