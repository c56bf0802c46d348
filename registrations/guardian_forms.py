"""The forms about minors."""

from typing import Any

from django import forms

from .rules.guardians import RELATIONS

MONTHS = [("", "请选择"), *((f"{month:02}", f"{month} 月") for month in range(1, 13))]


class BirthForm(forms.Form):
    """Year and month; no day, no ID number."""

    use_required_attribute = False

    year = forms.CharField(
        label="出生年份",
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year"}),
        error_messages={"required": "请填写出生年份，如 2012"},
    )
    month = forms.ChoiceField(
        label="出生月份", choices=MONTHS, error_messages={"required": "请选择出生月份"}
    )  # fmt: skip

    def add_error(self, field: str | None, error: Any) -> None:
        """What is said of the whole month stands at the year."""
        super().add_error("year" if field == "month" and not isinstance(error, forms.ValidationError) else field, error)

    @property
    def value(self) -> str:
        """`YYYY-MM`, as typed."""
        return f"{self.cleaned_data['year'].strip()}-{self.cleaned_data['month']}"


class GuardianForm(forms.Form):
    """Whom to ask."""

    use_required_attribute = False

    name = forms.CharField(label="监护人姓名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = forms.CharField(
        label="监护人手机号",
        max_length=40,
        help_text="确认链接用短信发到这个号码，只有监护人能打开",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    relation = forms.ChoiceField(label="与参赛者的关系", choices=[(r, r) for r in RELATIONS], widget=forms.RadioSelect)


class ConsentForm(forms.Form):
    """What the guardian signs."""

    use_required_attribute = False

    agree = forms.BooleanField(
        label="我已阅读并同意上面的内容", error_messages={"required": "请勾选同意；不同意请点下面的“不同意”"}
    )
    display = forms.BooleanField(label="我同意展示孩子的作品和肖像（选填，不影响参赛）", required=False)
    signed = forms.CharField(
        label="监护人签名",
        max_length=60,
        help_text="请填写您本人的真实姓名",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写您的姓名作为签名"},
    )
