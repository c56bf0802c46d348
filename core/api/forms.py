"""What the organiser types about a token."""

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from core.portal_admin import reason_field

from .services import LONGEST


class TokenForm(forms.Form):
    """For whom, what, how long."""

    label = forms.CharField(
        label="用途", max_length=60, widget=UnfoldAdminTextInputWidget(), help_text="哪个程序用它，如“省科协数据平台”"
    )
    scopes = forms.MultipleChoiceField(label="可以读取", widget=UnfoldAdminCheckboxSelectMultipleWidget())
    days = forms.IntegerField(
        label="有效天数", min_value=1, max_value=LONGEST, initial=90, widget=UnfoldAdminIntegerFieldWidget(),
        help_text=f"最长 {LONGEST} 天，到期自动失效",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["scopes"].choices = list(settings.API_SCOPES.items())  # type: ignore[attr-defined]


class RevokeForm(forms.Form):
    """Only why."""

    reason = reason_field()
