"""The pages of seasons."""

from django.urls import include, path

urlpatterns = [
    path("", include("seasons.training_urls")),
    path("", include("seasons.point_urls")),
    path("", include("seasons.force_urls")),
    path("", include("seasons.placing_urls")),
]
