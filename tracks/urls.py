"""The public pages that say what the contest is."""

from django.urls import path
from django.views.decorators.http import require_safe

from . import announcement_views, views

urlpatterns = [
    path("tracks/", views.tracks, name="tracks"),
    path("quota/", views.quota, name="quota"),
    path("schedule/", views.schedule, name="schedule"),
    path("downloads/", views.downloads, name="downloads"),
    path("downloads/recommendation.xlsx", views.blank_form, name="blank-form"),
    path("news/", announcement_views.announcements, name="announcements"),
    path("news/feed.xml", require_safe(announcement_views.News()), name="announcement_feed"),
    path("news/<int:news>/", announcement_views.announcement, name="announcement"),
    path("news/<int:news>/files/<int:attached>/", announcement_views.announcement_file, name="announcement_file"),
    path(
        "news/<int:news>/pictures/<int:derived>/", announcement_views.announcement_picture, name="announcement_picture"
    ),
    path("questions/", announcement_views.questions, name="questions"),
    path("questions/groups/<int:group>/<int:derived>/", announcement_views.group_code, name="group_code"),
]
