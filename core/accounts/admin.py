"""Accounts in the admin: contacts masked, no passwords; signing in goes through allauth and its second factor."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.views.generic import RedirectView
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from core.audit.history import recorded

from .access import signed_in
from .contacts import normalise_phone
from .fields import PhoneFormField
from .models import User

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Django's own page would take any number of guesses at the old password.
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[method-assign, assignment]
admin.site.unregister(Group)  # rights follow from rows, see architecture, decision 7
for model in (EmailAddress, Authenticator):  # allauth's own pages would show mailboxes and secrets in clear
    if admin.site.is_registered(model):
        admin.site.unregister(model)

RIGHTS = ("is_staff", "is_superuser")


class NewUserForm(forms.ModelForm):
    """A new account signs in by code; its owner sets a password then."""

    phone = PhoneFormField(required=False, widget=UnfoldAdminTextInputWidget(attrs={"type": "tel"}))

    class Meta:
        model = User
        fields = ("real_name", "phone", "email")


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Find a person by exact phone or mailbox, or by name; contacts stay masked."""

    list_display = ("real_name", "masked_phone", "masked_email", "verified", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "verified")
    list_per_page = 50
    search_fields = ("real_name",)
    search_help_text = "姓名，或完整的手机号、邮箱"
    readonly_fields = ("masked_phone", "masked_email", "verified", "last_login", "date_joined")
    ordering = ("-date_joined",)
    change_form_before_template = "cotton/form_key.html"

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        """One form to open an account, another to look after it."""
        words = {"labels": {"is_superuser": "组委会成员"}, "help_texts": {"is_superuser": "可以办后台的全部事项"}}
        return super().get_form(request, obj, **kwargs | (words if obj else {"form": NewUserForm}))

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Contacts are typed once, at the start; then their owner changes them."""
        if obj is None:
            return ["real_name", "phone", "email"]
        return ["real_name", "is_active", *RIGHTS, *self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser gives rights (T15)."""
        return [*self.readonly_fields, *(() if request.user.is_superuser else RIGHTS)]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, term: str) -> tuple[QuerySet, bool]:
        """Names by part, contacts only whole: nobody lists people by trying prefixes."""
        try:
            return queryset.filter(phone=normalise_phone(term)), False
        except ValueError:
            pass
        if "@" in term:
            return queryset.filter(email=term), False
        return super().get_search_results(request, queryset, term)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Recorded; a new account has no password that anybody else knows."""
        if not change:
            obj.set_unusable_password()
        with recorded("account.changed" if change else "account.created", by=signed_in(request)):
            super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are switched off, not deleted: history names them."""
        return False

    @admin.display(description="手机号")
    def masked_phone(self, user: User) -> str:
        """`138****8000`."""
        return user.masked_phone

    @admin.display(description="邮箱")
    def masked_email(self, user: User) -> str:
        """`z***@example.com`."""
        return user.masked_email
