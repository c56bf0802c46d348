"""The forms of an entry's people."""

from collections.abc import Mapping
from typing import Any

from django import forms

from core.accounts.forms import ContactField

from .entry_models import ROLES, Member

NAME = "将印在证书上，请与身份证一致"


class MemberInviteForm(forms.Form):
    """Whom to ask: a name, a role and, unless the link is handed over, where to send it."""

    use_required_attribute = False

    name = forms.CharField(label="姓名", max_length=60)
    role = forms.ChoiceField(label="身份", widget=forms.RadioSelect, initial="member")
    contact = ContactField(
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),  # somebody else's
        help_text="选填。不填就只生成链接，由您用微信发给对方",
    )

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ROLES[1:] if kind == "team" else ROLES[2:]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["role"].initial = roles[0][0]

    def clean(self) -> dict[str, Any]:
        """As the service takes it: name, role, phone, email."""
        values = super().clean() or {}
        kind, contact = values.pop("contact", None) or ("", "")
        return values | ({kind: contact} if kind else {})

    def add_error(self, field: str | None, error: Any) -> None:
        """What is said of phone or mailbox stands at the one field for both."""
        super().add_error("contact" if field in ("phone", "email") else field, error)


class MemberForm(forms.Form):
    """How a person will stand on a certificate."""

    use_required_attribute = False

    name = forms.CharField(label="姓名", max_length=60, help_text=NAME)
    organisation = forms.CharField(label="所在单位/学校院系", max_length=200, required=False)
    group = forms.ChoiceField(label="组别")

    def __init__(self, groups: Mapping[str, str], member: Member, data: Any = None) -> None:
        told = {"name": member.name, "organisation": member.organisation, "group": member.group}
        super().__init__(data, initial=told)
        if groups and member.role != "instructor":
            self.fields["group"].choices = [("", "请选择"), *groups.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["group"]
