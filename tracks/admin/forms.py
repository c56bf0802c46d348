"""What staff type to tell the public something."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.files.kinds import JPEG, PNG

from ..announcement_models import BODY_MAX, TITLE_MAX
from ..forms import MomentField
from ..models import Announcement, Track

WRITING = (
    "空一行另起一段；行首 # 是小标题，- 是列表，1. 是编号；**粗体**；[文字](https://…) 是链接；"
    "![说明](文件名.png) 显示一张附件里的图片"
)


class _TrackField(forms.ModelChoiceField):
    """One of the reader's tracks; the organiser may leave it empty."""

    def __init__(self, tracks: QuerySet[Track], *, everybody: bool) -> None:
        super().__init__(
            tracks,
            label="赛道",
            required=not everybody,
            empty_label="全部赛道" if everybody else "请选择",
            widget=UnfoldAdminSelectWidget(),
            error_messages={"required": "请选择赛道"},
        )


class TextForm(forms.Form):
    """An announcement's words."""

    kind = forms.ChoiceField(
        label="种类",
        choices=Announcement.KINDS,
        widget=UnfoldAdminSelectWidget(),
        help_text="公告按时间排列，常见问题按顺序排列",
    )
    title = forms.CharField(
        label="标题",
        max_length=TITLE_MAX,
        widget=UnfoldAdminTextInputWidget(),
        help_text="常见问题写成一句问话",
        error_messages={"required": "请填写标题"},
    )
    body = forms.CharField(
        label="正文",
        max_length=BODY_MAX,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 16}),
        help_text=WRITING,
    )
    position = forms.IntegerField(
        label="顺序", min_value=0, max_value=999, required=False, widget=UnfoldAdminIntegerFieldWidget(),
        help_text="只用于常见问题，小的在前",
    )  # fmt: skip

    def __init__(
        self, tracks: QuerySet[Track], announcement: Announcement | None, data: Any = None, *, everybody: bool
    ) -> None:
        names = ("title", "body", "position", "track") if announcement else ()
        super().__init__(data, initial={name: getattr(announcement, name) for name in names})
        if announcement:
            del self.fields["kind"]
        self.fields["track"] = _TrackField(tracks, everybody=everybody)
        self.order_fields(["kind", "track", "title", "body", "position"])

    def clean_position(self) -> int:
        """Nothing typed is 0."""
        return self.cleaned_data["position"] or 0


class PublishForm(forms.Form):
    """From when on."""

    at = MomentField(label="发布时间（北京时间）", help_text="不填就是现在；填将来的时间，到点自动公开")


class FileForm(forms.Form):
    """An attachment."""

    file = forms.FileField(
        label="附件",
        widget=UnfoldAdminFileFieldWidget(),
        help_text="PDF、Word、Excel、ZIP，或 JPG、PNG 图片，不超过 20 MB",
        error_messages={"required": "请先选择一个文件", "empty": "文件是空的，请另选一个"},
    )


class GroupCodeForm(forms.Form):
    """A customer group's code."""

    name = forms.CharField(
        label="群名称", max_length=40, widget=UnfoldAdminTextInputWidget(), error_messages={"required": "请填写群名称"}
    )
    file = forms.FileField(
        label="二维码图片",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ",".join((*JPEG.extensions[:2], *PNG.extensions))}),
        help_text="在微信里保存的群二维码，JPG 或 PNG，不超过 5 MB",
        error_messages={"required": "请先选择二维码图片", "empty": "文件是空的，请另选一个"},
    )
    expires_at = MomentField(label="失效时间（北京时间）", help_text="照图上写的日期填；微信群二维码最多 7 天有效")

    def __init__(self, tracks: QuerySet[Track], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["track"] = _TrackField(tracks, everybody=False)
        self.order_fields(["track", "name", "file", "expires_at"])
        self.fields["expires_at"].required = True
