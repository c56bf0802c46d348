"""The pages of seasons."""

from django.urls import include, path

urlpatterns = [
    path("", include("seasons.point_urls")),
]
