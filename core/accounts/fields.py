"""Fields for the ways to reach a person: one form in the database, and empty means NULL."""

from typing import Any

from django import forms
from django.db import models

from .contacts import normalise_email, normalise_phone


class OptionalEmailField(models.EmailField):
    """A mailbox in lower case; NULL when empty, so that many accounts may have none under a unique index."""

    def get_prep_value(self, value: Any) -> str | None:
        """As it is kept and looked for."""
        value = super().get_prep_value(value)
        return normalise_email(value) or None if value is not None else None


class OptionalPhoneField(models.CharField):
    """A phone number in E.164; NULL when empty. Whoever writes it has called `normalise_phone`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 16)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> str | None:
        """Empty is NULL."""
        return super().get_prep_value(value) or None


class PhoneFormField(forms.CharField):
    """Takes a mobile number as people write it; gives E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "手机号")
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """E.164, or empty where nothing is required. Raises ValidationError."""
        value = super().clean(value)
        try:
            return normalise_phone(value) if value else ""
        except ValueError as error:
            raise forms.ValidationError(str(error), code="phone") from error
