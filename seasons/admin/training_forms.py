"""The forms of training's admin pages."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.portal_admin import REASON_MAX, reason_field
from tracks.models import Category, Edition, Track

from ..models import Course, Material, Question, Season, Session
from ..training_models import WEB


def _text(label: str, most: int, *, required: bool = True, rows: int = 0, **more: Any) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": rows}) if rows else UnfoldAdminTextInputWidget()
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, **more)


def _whole(label: str, least: int, most: int, *, required: bool = True, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        widget=UnfoldAdminIntegerFieldWidget(),
        **more,
    )


def _moment(label: str, *, required: bool = True) -> forms.SplitDateTimeField:
    return forms.SplitDateTimeField(label=label, required=required, widget=UnfoldAdminSplitDateTimeWidget())


def _link(label: str, *, required: bool = False) -> forms.URLField:
    return forms.URLField(
        label=label,
        max_length=500,
        required=required,
        validators=[WEB],
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget(),
        help_text="http:// 或 https:// 开头",
    )


class ThemeForm(forms.Form):
    """A theme; of one from the edition's file only the dates."""

    code = forms.SlugField(
        label="代码（英文、数字）",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(),
        help_text="定下后不能改",
    )
    name = _text("主题", 200)
    industry = _text("行业领域", 60, required=False, help_text="每个主题对应一个行业领域，发布前要填")
    category = forms.ModelChoiceField(
        label="类别", queryset=Category.objects.none(), required=False, widget=UnfoldAdminSelectWidget()
    )
    starts_at = _moment("开始", required=False)
    ends_at = _moment("结束（此刻起不再受理）", required=False)
    format = _text("形式", 40, required=False)
    contents = _text("内容（每行一条）", 3000, required=False, rows=4)
    prized = forms.BooleanField(
        label="设奖项（提交的记录由评委评审）", required=False, widget=UnfoldBooleanSwitchWidget()
    )

    def __init__(self, edition: Edition, theme: Season | None, data: Any) -> None:
        names = ("name", "industry", "category", "starts_at", "ends_at", "format", "prized")
        initial = {name: getattr(theme, name) for name in names} if theme else {}
        if theme:
            initial["contents"] = "\n".join(theme.contents)
        super().__init__(data, initial=initial)
        self.fields["category"].queryset = edition.categories.all()  # type: ignore[attr-defined]
        if theme:
            fixed = {*self.fields} - {"starts_at", "ends_at"} if theme.from_file else {"code"}
            for name in fixed:
                del self.fields[name]

    def clean_contents(self) -> list[str]:
        """One line each."""
        return [line.strip()[:300] for line in self.cleaned_data["contents"].splitlines() if line.strip()]


class CourseForm(forms.Form):
    """A course."""

    name = _text("课程名称", 100)
    teacher = _text("主讲", 100, required=False)
    summary = _text("课程介绍", 1000, required=False, rows=4)
    track = forms.ModelChoiceField(
        label="只限赛道",
        queryset=Track.objects.none(),
        required=False,
        empty_label="不限，三条赛道都可以报",
        widget=UnfoldAdminSelectWidget(),
    )
    capacity = _whole("名额", 1, 100_000, required=False, help_text="不填就不限人数")
    homework = forms.BooleanField(
        label="作业：本类别的作品草稿可以算", required=False, initial=True, widget=UnfoldBooleanSwitchWidget()
    )
    pass_percent = _whole("测验及格线（%）", 1, 100, initial=60)
    tries = _whole("测验可做次数", 1, 20, initial=3)

    def __init__(self, tracks: Any, course: Course | None, data: Any) -> None:
        initial = {name: getattr(course, name) for name in self.base_fields} if course else {}
        super().__init__(data, initial=initial)
        self.fields["track"].queryset = tracks  # type: ignore[attr-defined]


class SessionForm(forms.Form):
    """One meeting of a course."""

    title = _text("本次内容", 100)
    starts_at = _moment("开始")
    ends_at = _moment("结束")
    link = _link("入会链接")
    step = _whole("签到码几秒一换", 30, 60, initial=45, help_text="30–60 秒；换码后，上一个码再有效一轮")

    def __init__(self, session: Session | None, data: Any) -> None:
        initial = {name: getattr(session, name) for name in self.base_fields} if session else {}
        super().__init__(data, initial=initial)


class MaterialForm(forms.Form):
    """A recording, or something to read."""

    title = _text("名称", 100)
    kind = forms.ChoiceField(label="种类", choices=Material.KINDS, widget=UnfoldAdminSelectWidget())
    session = forms.ModelChoiceField(
        label="属于哪一次课",
        queryset=Session.objects.none(),
        required=False,
        empty_label="不属于某一次课",
        widget=UnfoldAdminSelectWidget(),
    )
    link = _link("网址")
    text = _text("内容", 10_000, required=False, rows=6)

    def __init__(self, course: Course, material: Material | None, data: Any) -> None:
        initial = {name: getattr(material, name) for name in self.base_fields} if material else {}
        super().__init__(data, initial=initial)
        self.fields["session"].queryset = course.sessions.all()  # type: ignore[attr-defined]


class QuestionForm(forms.Form):
    """A question of the quiz; a * marks the right options."""

    text = _text("题目", 300)
    options = _text("选项", 2000, rows=5, help_text="每行一个，正确选项前面加 *")
    multiple = forms.BooleanField(label="多选题", required=False, widget=UnfoldBooleanSwitchWidget())

    def __init__(self, question: Question | None, data: Any) -> None:
        initial: dict[str, Any] = {}
        if question:
            marked = [("*" if n in question.right else "") + one for n, one in enumerate(question.options)]
            initial = {"text": question.text, "options": "\n".join(marked), "multiple": question.multiple}
        super().__init__(data, initial=initial)


class MarkForm(forms.Form):
    """How long somebody was there, and how the contact knows."""

    minutes = _whole("到课分钟", 0, 720)
    reason = reason_field()


class AdjustForm(forms.Form):
    """Goes on or not."""

    goes = forms.ChoiceField(
        label="决定", choices=[("1", "推选参赛"), ("0", "不推选")], widget=UnfoldAdminSelectWidget()
    )
    reason = forms.CharField(
        label="理由",
        max_length=REASON_MAX,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="与规则不同的决定要写理由，会告诉参赛者，也记入办理记录",
    )
