"""The forms of judging's admin pages."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.portal_admin import reason_field

from ..models import AdvanceRule, Candidate, Judge, Round


class NoteForm(forms.Form):
    """A reason where one is needed only sometimes."""

    reason = forms.CharField(
        label="理由（需要时填写）", max_length=300, required=False, widget=UnfoldAdminTextInputWidget()
    )


class WindowForm(forms.Form):
    """When scores are taken."""

    opens_at = forms.SplitDateTimeField(label="评分开始", required=False, widget=UnfoldAdminSplitDateTimeWidget())
    closes_at = forms.SplitDateTimeField(
        label="评分截止（此刻起不再受理）", required=False, widget=UnfoldAdminSplitDateTimeWidget()
    )
    reason = reason_field("修改理由")


class SeedForm(forms.Form):
    """The same seed gives the same plan."""

    seed = forms.IntegerField(
        label="随机种子（可不填）",
        required=False,
        min_value=1,
        max_value=999_999,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


class InviteForm(forms.Form):
    """One judge by hand."""

    name = forms.CharField(label="姓名", max_length=60, widget=UnfoldAdminTextInputWidget())
    email = forms.EmailField(label="邮箱", required=False, widget=UnfoldAdminEmailInputWidget())
    phone = forms.CharField(label="手机号", required=False, max_length=20, widget=UnfoldAdminTextInputWidget())
    organisation = forms.CharField(label="单位名称（查回避要用）", max_length=200, widget=UnfoldAdminTextInputWidget())
    field = forms.CharField(label="专业领域", required=False, max_length=200, widget=UnfoldAdminTextInputWidget())
    categories = forms.MultipleChoiceField(
        label="同时评审的类别", required=False, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, categories: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]
        if not categories:
            del self.fields["categories"]


class RecuseForm(forms.Form):
    """Which judge must not judge this work."""

    judge = forms.ModelChoiceField(label="评委", queryset=Judge.objects.none(), widget=UnfoldAdminSelectWidget())
    reason = reason_field("回避原因")

    def __init__(self, judges: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["judge"].queryset = judges  # type: ignore[attr-defined]
        self.fields["judge"].label_from_instance = lambda judge: f"{judge.user.real_name}（{judge.organisation}）"  # type: ignore[attr-defined]


class PairForm(RecuseForm):
    """Whom this work must go to, or must not."""

    wanted = forms.ChoiceField(
        label="怎样",
        choices=[("yes", "指定由这位评委评"), ("no", "不分给这位评委"), ("", "取消先前的指定或禁止")],
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    reason = reason_field("理由")
    field_order = ("judge", "wanted", "reason")


class PickForm(forms.Form):
    """A work to take across the line, and under which rule."""

    rule = forms.ModelChoiceField(
        label="晋级规则", queryset=AdvanceRule.objects.none(), widget=UnfoldAdminSelectWidget()
    )
    work = forms.CharField(label="作品编号", max_length=20, widget=UnfoldAdminTextInputWidget())
    reason = reason_field("理由")

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_
        self.fields["rule"].queryset = round_.advance_rules.all()  # type: ignore[attr-defined]

    def clean_work(self) -> Candidate:
        """The work of this number."""
        number = self.cleaned_data["work"].rpartition("-")[2]
        found = self.round.candidates.filter(number=int(number) if number.isdecimal() else 0, state="in").first()
        if found is None:
            raise forms.ValidationError("本轮没有这个编号的作品")
        return found


class RemoveForm(forms.Form):
    """A judge leaves."""

    void = forms.BooleanField(label="已签名的评分也作废", required=False, widget=UnfoldBooleanSwitchWidget())
    reason = reason_field("理由")
