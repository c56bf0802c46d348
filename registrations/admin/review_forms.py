"""Why rows go back: chosen from the saved phrases, or typed, or both."""

from collections.abc import Iterable
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from ..models import RecommendationRow, ReplyPhrase

MAX = RecommendationRow._meta.get_field("review_note").max_length


class ReturnForm(forms.Form):
    """What the unit must put right; needs no script."""

    phrases = forms.ModelMultipleChoiceField(
        label="常用理由（可多选）", queryset=ReplyPhrase.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    reason = forms.CharField(
        label="退回理由",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
        help_text="会接在所选的常用理由后面，原样发给推荐单位，请写清哪一栏、怎么改",
    )

    def __init__(self, tracks: Iterable[int], data: Any = None) -> None:
        super().__init__(data)
        tracks = set(tracks)
        one = tracks.pop() if len(tracks) == 1 else None  # rows of several tracks share the common phrases only
        offered = ReplyPhrase.objects.for_track(one)
        self.fields["phrases"].queryset = offered  # type: ignore[attr-defined]
        if not offered:
            del self.fields["phrases"]
            self.fields["reason"].help_text = "会原样发给推荐单位，请写清哪一栏、怎么改"

    def clean(self) -> dict[str, Any]:
        """The whole reason, in one text."""
        values = super().clean() or {}
        parts = [str(phrase) for phrase in values.get("phrases") or ()] + [values.get("reason", "").strip()]
        whole = "\n".join(part for part in parts if part)
        if not whole:
            self.add_error("reason", "请选择或填写退回理由，推荐单位要照着改")
        elif len(whole) > (MAX or 0):
            self.add_error("reason", f"理由连同所选的常用理由最多 {MAX} 个字，现在 {len(whole)} 个，请缩短")
        return values | {"whole": whole}
