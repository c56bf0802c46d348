"""Included at the root by the portal."""

from django.urls import path

from . import inbox, views

urlpatterns = [
    path("messages/", inbox.messages, name="messages"),
    path("messages/<int:notice>/", inbox.message, name="message"),
    path("dev/mail/", views.dev_mail, name="dev_mail"),
    path("dev/mail/<slug:key>/", views.dev_mail_message, name="dev_mail_message"),
    path("dev/mail/<slug:key>/html", views.dev_mail_html, name="dev_mail_html"),
]
