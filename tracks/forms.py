"""The organiser's forms: dates of a milestone, contacts of a track."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from core.accounts.contacts import normalise_email, normalise_phone
from core.accounts.models import User
from core.portal_admin import reason_field

from .models import Milestone
from .rulebook import BEIJING
from .wording import last_instant

LAST_MINUTE = time(23, 59)


def last_minute(bound: datetime) -> datetime:
    """An exclusive bound as people type it: 17:00 for 17:00:01, 23:59 for the next midnight (G30)."""
    return last_instant(bound).replace(second=0)


def bound_after(last: datetime) -> datetime:
    """The exclusive bound behind the last minute that somebody typed; 23:59 stands for the whole day."""
    last = last.astimezone(BEIJING)
    return last + (timedelta(minutes=1) if last.time() == LAST_MINUTE else timedelta(seconds=1))


class MomentField(forms.DateTimeField):
    """A day and minute, Beijing time."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "datetime-local"}
        super().__init__(required=False, widget=UnfoldAdminTextInputWidget(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """As the browser's own field wants it: 2024-12-15T17:00."""
        return f"{value.astimezone(BEIJING):%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value


class DatesForm(forms.Form):
    """When a milestone begins and ends. A bound that is not touched keeps its seconds."""

    starts_at = MomentField(label="开始", help_text="从这一刻起")
    ends_at = MomentField(label="最后受理", help_text="这一分钟整仍受理，之后不再受理；23:59 表示到当天 24:00")
    reason = reason_field("改期理由")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # which effects the reader has been shown

    def __init__(self, milestone: Milestone, *args: Any, **kwargs: Any) -> None:
        self.milestone = milestone
        dates = {"starts_at": milestone.starts_at, "ends_at": milestone.ends_at and last_minute(milestone.ends_at)}
        kwargs["initial"] = dates | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def dates(self) -> dict[str, datetime | None]:
        """What was typed, as `set_milestone` takes it."""
        typed = self.cleaned_data
        ends_at = typed["ends_at"] and bound_after(typed["ends_at"])
        stored = self.milestone
        return {
            "starts_at": typed["starts_at"] if "starts_at" in self.changed_data else stored.starts_at,
            "ends_at": ends_at if "ends_at" in self.changed_data else stored.ends_at,
        }


class AppointForm(forms.Form):
    """Who is to answer for a track: found by the whole phone number or mailbox, never from a list."""

    contact = forms.CharField(
        label="手机号或邮箱",
        max_length=254,
        widget=UnfoldAdminTextInputWidget(),
        help_text="对方账号的完整手机号或邮箱；还没有账号的，请先在“账号”里新建",
    )

    def clean_contact(self) -> User:
        """The account behind it."""
        typed = self.cleaned_data["contact"]
        try:
            known = {"email": normalise_email(typed)} if "@" in typed else {"phone": normalise_phone(typed)}
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        user = User.objects.filter(**known).first()
        if user is None:
            raise forms.ValidationError("没有这个账号。请核对，或先在“账号”里新建")
        return user
