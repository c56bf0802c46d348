"""The form of a service record, and of a question about a line of the passbook."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from core.clock import BEIJING
from core.problems import Problem

from .models import Season
from .services.disputing import WORDS_MAX
from .services.record_facts import RecordFacts
from .services.recording import PHOTO_LIMIT, themes_for

LOCAL = "%Y-%m-%dT%H:%M"
NEEDED = ("title", "activity", "starts_at", "ends_at", "place", "audience", "served")  # to be handed in


class RecordForm(forms.Form):
    """One activity, as it is typed: everything may be left open in a draft."""

    use_required_attribute = False

    title = forms.CharField(label="活动名称", max_length=100, required=False)
    activity = forms.ChoiceField(label="服务类型", required=False, help_text="按科技志愿服务的七类范围选最接近的一类")
    season = forms.ModelChoiceField(
        label="参加的月度主题",
        queryset=Season.objects.none(),
        required=False,
        empty_label="不参加主题",
        help_text="自愿参加",
    )
    starts_at = forms.DateTimeField(
        label="开始时间", required=False, input_formats=[LOCAL, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        error_messages={"invalid": "时间请写成 2025-03-08 09:00 这样"},
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label="结束时间", required=False, input_formats=[LOCAL, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        help_text="一条记录只记一天，跨天的分开填", error_messages={"invalid": "时间请写成 2025-03-08 11:00 这样"},
    )  # fmt: skip
    place = forms.CharField(label="地点", max_length=120, required=False, help_text="线上活动写平台名称")
    audience = forms.IntegerField(
        label="受众人数", min_value=0, max_value=2_000_000_000, required=False,
        error_messages={
            "min_value": "受众人数不能是负数，请改正", "invalid": "请填整数，如 60", "max_value": "人数太大，请核对",
        },
    )  # fmt: skip
    basis = forms.CharField(
        label="人数怎么统计的", max_length=200, required=False, help_text="如签到表、主办方证明、平台数据"
    )
    views = forms.IntegerField(label="浏览量", min_value=0, max_value=2_000_000_000, required=False)
    reposts = forms.IntegerField(label="转发量", min_value=0, max_value=2_000_000_000, required=False)
    press = forms.IntegerField(label="媒体报道篇数", min_value=0, max_value=100_000, required=False)
    links = forms.CharField(
        label="链接", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个，以 http:// 或 https:// 开头",
    )  # fmt: skip
    hashtags = forms.CharField(label="话题", required=False, max_length=600)
    feedback = forms.CharField(
        label="反馈与效果", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    served = forms.MultipleChoiceField(
        label="谁参加了服务", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="只服务了一部分时间的，在下面写时长；不写就是全程",
    )  # fmt: skip

    def __init__(self, facts: RecordFacts, data: Any = None) -> None:
        record = facts.record
        chosen = {one.member_id: one for one in facts.hours}
        initial = {name: getattr(record, name) for name in _PLAIN}
        initial |= {name: _local(getattr(record, name)) for name in ("starts_at", "ends_at")}
        initial |= {"links": "\n".join(record.links), "hashtags": " ".join(record.hashtags)}
        initial |= {"served": [str(key) for key in chosen], "press": record.media}
        super().__init__(data, initial=initial)
        kinds = [("", "请选择"), *((kind.code, kind.name) for kind in facts.rulebook.activity_types)]
        self.fields["activity"].choices = kinds  # type: ignore[attr-defined]
        official = "、".join(tag.text for tag in facts.rulebook.hashtags)
        self.fields["hashtags"].help_text = f"用空格分开；官方话题：{official}" if official else "用空格分开"
        themes = themes_for(record)
        self.fields["season"].queryset = record.edition.seasons.filter(pk__in=[t.pk for t in themes])  # type: ignore[attr-defined]
        if not themes:
            del self.fields["season"]
        self.people = facts.people
        self.fields["served"].choices = [(str(m.pk), m.name) for m in self.people]  # type: ignore[attr-defined]
        if len(self.people) > 1:
            for member in self.people:
                part = chosen.get(member.pk)
                self.fields[f"hours_{member.pk}"] = forms.DecimalField(
                    label=f"{member.name}的时长（小时）", required=False, min_value=0, max_value=24, decimal_places=1,
                    initial=round(part.minutes / 60, 1) if part and part.minutes else None,
                    error_messages={"max_value": "一天最多 24 小时", "min_value": "时长不能是负数"},
                )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the service takes; the form is valid."""
        said = self.cleaned_data
        found = {name: said[name] for name in _PLAIN if name in said}
        found |= {name: _aware(said[name]) for name in ("starts_at", "ends_at")}
        found |= {"views": said["views"] or 0, "reposts": said["reposts"] or 0, "media": said["press"] or 0}
        found["links"] = [line.strip() for line in said["links"].splitlines() if line.strip()]
        found["hashtags"] = said["hashtags"].split()
        found["served"] = {int(key): self._minutes(int(key)) for key in said["served"]}
        return found

    def ask(self) -> None:
        """Before it is shown: say what handing in will need, which keeping a draft does not."""
        if self.is_bound:
            self.is_valid()
        for name in NEEDED:
            self.fields[name].required = True

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say what the rules found, at its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)

    @property
    def parts(self) -> list[forms.BoundField]:
        """The people's own hours."""
        return [self[name] for name in self.fields if name.startswith("hours_")]

    def _minutes(self, member: int) -> int | None:
        hours = self.cleaned_data.get(f"hours_{member}")
        return None if hours is None else int(hours * 60)


_PLAIN = ("title", "activity", "season", "place", "audience", "basis", "views", "reposts", "feedback")


def _local(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(BEIJING):{LOCAL}}" if moment else None


def _aware(moment: datetime | None) -> datetime | None:
    """Typed in Beijing time, wherever the server stands."""
    if moment is None:
        return None
    return moment.replace(tzinfo=BEIJING)


class PhotoForm(forms.Form):
    """A photo of the activity, with an ordinary form."""

    photo = forms.FileField(
        label="选一张照片", help_text=f"JPG 或 PNG，不超过 {PHOTO_LIMIT // 1_000_000} MB",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        error_messages={"required": "请先选一张照片", "empty": "文件是空的，请另选一张"},
    )  # fmt: skip


class DisputeForm(forms.Form):
    """What is wrong with a line."""

    words = forms.CharField(
        label="哪里不对", max_length=WORDS_MAX, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明应当是多少、依据什么，最多 300 个字", error_messages={"required": "请写明哪里不对、应当是多少"},
    )  # fmt: skip
