"""Included at the root by the portal."""

from django.urls import path

from . import views

urlpatterns = [
    path("dev/mail/", views.dev_mail, name="dev_mail"),
    path("dev/mail/<slug:key>/", views.dev_mail_message, name="dev_mail_message"),
    path("dev/mail/<slug:key>/html", views.dev_mail_html, name="dev_mail_html"),
]
