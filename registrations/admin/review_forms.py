"""Why rows and claims go back: chosen from the saved phrases, or typed, or both; and until when an entry opens."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.portal_admin import reason_field

from ..entry_models import Entry
from ..models import RecommendationRow, ReplyPhrase

MAX = RecommendationRow._meta.get_field("review_note").max_length


class ReturnForm(forms.Form):
    """What the reader must put right; needs no script."""

    reader: ClassVar[str] = "推荐单位"
    where: ClassVar[str] = "哪一栏"

    phrases = forms.ModelMultipleChoiceField(
        label="常用理由（可多选）", queryset=ReplyPhrase.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    reason = forms.CharField(
        label="退回理由",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )

    def __init__(self, tracks: Iterable[int], data: Any = None, *, verb: str = "return") -> None:
        super().__init__(data)
        tracks = set(tracks)
        one = tracks.pop() if len(tracks) == 1 else None  # rows of several tracks share the common phrases only
        offered = ReplyPhrase.objects.for_track(one)
        self.fields["phrases"].queryset = offered  # type: ignore[attr-defined]
        after = "接在所选的常用理由后面，"
        if not offered:
            del self.fields["phrases"]
            after = ""
        clear = f"{self.where}、怎么改"
        if verb == "reject":
            self.fields["reason"].label, clear = "理由", "为什么"
        self.fields["reason"].help_text = f"会{after}原样发给{self.reader}，请写清{clear}"

    def clean(self) -> dict[str, Any]:
        """The whole reason, in one text."""
        values = super().clean() or {}
        parts = [str(phrase).rstrip("。；") for phrase in values.get("phrases") or ()] + [
            values.get("reason", "").strip()
        ]
        whole = "；".join(part for part in parts if part)
        if not whole:
            self.add_error("reason", f"请选择或填写理由，会原样发给{self.reader}")
        elif len(whole) > (MAX or 0):
            self.add_error("reason", f"理由连同所选的常用理由最多 {MAX} 个字，现在 {len(whole)} 个，请缩短")
        return values | {"whole": whole}


class ClaimReasonForm(ReturnForm):
    """Why a claim goes back or is not accepted."""

    reader = "参赛者"
    where = "哪份证明"


class MergeForm(forms.Form):
    """Which other entry goes into this one, and why."""

    drop = forms.CharField(
        label="要并入的那一份的报名编号",
        max_length=30,
        help_text="如 GDAIKP1-000128；它会退出比赛，推荐名额和资格材料转到这一份",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    reason = reason_field()

    def clean_drop(self) -> Entry:
        """The entry of that number."""
        number = Entry.pk_of(self.cleaned_data["drop"])
        entry = Entry.objects.select_related("edition").filter(pk=number or 0).first()
        if entry is None:
            raise forms.ValidationError("没有这个编号的报名，请从报名列表里复制编号")
        return entry


class UnlockForm(forms.Form):
    """Until when an entry is open for changes, and why."""

    until = forms.DateField(
        label="开放到（含当天）",
        widget=UnfoldAdminDateWidget(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当天 24:00 截止",
    )
    reason = reason_field()
