"""What the organiser types about certificates."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from core import clock
from core.clock import BEIJING
from seasons.models import Season
from tracks.models import Edition

from ..models import AwardList
from ..services.certificate_lists import Asked


def kinds_of(edition: Edition) -> list[tuple[str, str]]:
    """The edition's kinds of certificate."""
    rules = edition.rulebook.certificates
    return [(one.code, one.title) for one in rules.kinds] if rules else []


class BatchForm(forms.Form):
    """Which certificates, for whom, of which day."""

    kind = forms.ChoiceField(label="证书种类", widget=UnfoldAdminSelectWidget())
    award_list = forms.ModelChoiceField(
        label="获奖名单", queryset=AwardList.objects.none(), required=False, widget=UnfoldAdminSelectWidget(),
        help_text="获奖、百佳、优秀组织单位、优秀指导教师的证书要选；名单生效以后才能制作",
    )  # fmt: skip
    season = forms.ModelChoiceField(
        label="培训主题", queryset=Season.objects.none(), required=False, widget=UnfoldAdminSelectWidget(),
        help_text="培训结业证书要选",
    )  # fmt: skip
    issued_on = forms.DateField(
        label="落款日期", widget=UnfoldAdminSingleDateWidget(), help_text="年/月/日，如 2025/09/29"
    )
    handler = forms.CharField(
        label="经办人",
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text="志愿服务记录证明要填",
    )
    phone = forms.CharField(
        label="联系电话", max_length=40, required=False, widget=UnfoldAdminTextInputWidget(),
        help_text="志愿服务记录证明要填；印在证明上，请填办公电话",
    )  # fmt: skip

    def __init__(self, edition: Edition, data: Any = None) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = kinds_of(edition)
        lists = AwardList.objects.filter(edition=edition).select_related("edition", "category", "track")
        fields["award_list"].queryset = lists
        fields["award_list"].label_from_instance = lambda one: f"{one}（{one.get_state_display()}）"
        fields["season"].queryset = Season.objects.filter(edition=edition, kind="training")
        fields["issued_on"].initial = clock.now().astimezone(BEIJING).date()
        self.edition = edition

    @property
    def asked(self) -> Asked:
        """What was chosen; the form is valid."""
        values = self.cleaned_data
        kind = self.edition.rulebook.certificate(values["kind"])
        return Asked(
            self.edition, kind, values["award_list"] if kind.basis == "award" else None,
            values["season"] if kind.basis == "training" else None, values["handler"], values["phone"],
        )  # fmt: skip


class SealForm(forms.Form):
    """A picture for a kind."""

    kind = forms.ChoiceField(label="用于哪种证书", widget=UnfoldAdminSelectWidget())
    picture = forms.FileField(label="印章图片", error_messages={"required": "请选一张 PNG 图片"})

    def __init__(self, edition: Edition, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["kind"].choices = kinds_of(edition)  # type: ignore[attr-defined]
