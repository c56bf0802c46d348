"""Addresses of the accounts app, allauth's among them; included at `account/`."""

from django.urls import include, path

from .views import AccountView, NameView

urlpatterns = [
    path("", AccountView.as_view(), name="account"),
    path("name/", NameView.as_view(), name="account_name"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
