"""The forms of a unit's volunteer forces."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from registrations.entry_models import Member

from .models import Force
from .rules.forces import PEOPLE_MAX
from .services.force_facts import Tabled

DAY = "%Y-%m-%d"


class ForceForm(forms.Form):
    """What a unit says of a force. Its name is composed, so it is not asked."""

    use_required_attribute = False

    committee = forms.CharField(
        label="专委会名称", max_length=60, required=False, help_text="只填专委会的名称；学会自己的队伍空着"
    )
    leader = forms.CharField(label="负责人姓名", max_length=60, error_messages={"required": "请写负责人姓名"})
    post = forms.CharField(label="负责人职务", max_length=60, required=False)
    people = forms.IntegerField(
        label="队伍人数", min_value=0, max_value=PEOPLE_MAX,
        error_messages={
            "required": "请填队伍人数；还没有招募就填 0", "invalid": "请填整数，如 120", "min_value": "人数不能是负数",
            "max_value": "人数太大，请核对",
        },
    )  # fmt: skip
    number = forms.CharField(label="i志愿 队伍编号", max_length=30, required=False)
    areas = forms.MultipleChoiceField(
        label="服务范围", required=False, widget=forms.CheckboxSelectMultiple, help_text="可多选"
    )
    members = forms.ModelMultipleChoiceField(
        label="参赛者里的队员", queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="选填：本单位推荐的参赛者里，谁也在这支队伍",
    )  # fmt: skip

    def __init__(self, line: Tabled, people: Sequence[Member], data: Any = None, force: Force | None = None) -> None:
        initial: dict[str, Any] = {}
        if force:
            initial = {name: getattr(force, name) for name in ("leader", "post", "people", "number", "areas")}
            initial["members"] = list(force.linked.values_list("member", flat=True))
        super().__init__(data, initial=initial)
        if force or not line.committees:
            del self.fields["committee"]
        self.fields["leader"].help_text = f"写具体的人；通知建议由{line.rule.leader}担任"
        self.fields["people"].help_text = f"通知要求 {line.rule.minimum} 人以上；人数不够也可以登记"
        self.fields["number"].label = f"{line.registry} 队伍编号"
        self.fields["number"].help_text = f"在 {line.registry} 登记后抄过来；还没有登记就空着"
        kinds = line.edition.rulebook.activity_types
        self.fields["areas"].choices = [(kind.code, kind.name) for kind in kinds]  # type: ignore[attr-defined]
        if not people:
            del self.fields["members"]
            return
        chosen: Any = self.fields["members"]
        chosen.queryset = Member.objects.filter(pk__in=[member.pk for member in people]).select_related("entry")
        chosen.label_from_instance = lambda member: f"{member.name}（{member.entry.team_name or '个人'}）"


class ActivityForm(forms.Form):
    """An activity that is no entry's service record."""

    use_required_attribute = False

    title = forms.CharField(
        label="做了什么", max_length=100, help_text="如“社区科普课”；不写他人姓名和电话",
        error_messages={"required": "请写做了什么"},
    )  # fmt: skip
    kind = forms.ChoiceField(label="服务类型", error_messages={"required": "请选服务类型"})
    day = forms.DateField(
        label="日期", input_formats=[DAY], widget=forms.DateInput(attrs={"type": "date"}, format=DAY),
        error_messages={"required": "请填活动日期", "invalid": "日期请写成 2025-03-08 这样"},
    )  # fmt: skip
    hours = forms.DecimalField(
        label="时长（小时）", min_value=Decimal("0.1"), max_value=24, decimal_places=1,
        error_messages={
            "required": "请填时长，如 2 或 1.5", "invalid": "请填数字，如 2 或 1.5", "min_value": "时长应大于 0",
            "max_value": "一次最多 24 小时，跨天的分开记", "max_decimal_places": "最多一位小数",
        },
    )  # fmt: skip
    people = forms.IntegerField(
        label="参加的志愿者", min_value=1, max_value=PEOPLE_MAX,
        error_messages={
            "required": "请填参加的志愿者人数", "invalid": "请填整数，如 12", "min_value": "至少 1 人",
            "max_value": "人数太大，请核对",
        },
    )  # fmt: skip

    def __init__(self, force: Force, data: Any = None) -> None:
        super().__init__(data)
        kinds = force.edition.rulebook.activity_types
        self.fields["kind"].choices = [("", "请选择"), *((kind.code, kind.name) for kind in kinds)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the service takes; the form is valid."""
        said = dict(self.cleaned_data)
        return said | {"minutes": int(said.pop("hours") * 60)}
