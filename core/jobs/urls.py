"""Included at the root by the portal."""

from django.urls import path

from . import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("healthz/alarm", views.healthz_alarm, name="healthz_alarm"),
]
