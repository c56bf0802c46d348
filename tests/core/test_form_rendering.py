"""Widgets written without a template say to the letter what Django's templates say."""

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from core.form_rendering import Renderer

ATTRS = {"id": "x", "required": True, "disabled": False, "maxlength": 10, "title": '“a"<&', "t": mark_safe("&amp;")}
WIDGETS = [
    *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.HiddenInput),
    *(forms.FileInput, forms.DateInput, forms.CheckboxInput, forms.Textarea, forms.TelInput, forms.RadioSelect),
]


@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("value", [None, "", "祝宇", '<b>"&', mark_safe("&lt;"), 1234567, date(2024, 12, 25), True])
def test_to_the_letter(widget, value):
    both = [widget(attrs=ATTRS).render("a<b", value, renderer=found()) for found in (Renderer, DjangoTemplates)]
    assert both[0] == both[1]
