"""The participant's forms: the entry itself, its last page, leaving."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from core.forms import show_problems
from core.problems import Problem
from tracks.models import Edition
from tracks.rulebook.contest import Track as TrackRule
from tracks.rulebook.works import Consent as Text

from .entry_models import Entry
from .services.dossier import Dossier

PLACES = {"representative": "name"}  # where the rules say another word than the form


class EntryForm(forms.Form):
    """Track, individual or team, what is entered, and the name as it will be printed (G3, G24)."""

    use_required_attribute = False

    track = forms.ChoiceField(
        label="赛道", widget=forms.RadioSelect, error_messages={"required": "请选择一条赛道，先看看符合哪一条参赛条件"}
    )
    kind = forms.ChoiceField(
        label="参赛形式",
        choices=Entry.KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择参赛形式：个人，还是团队"},
    )
    team_name = forms.CharField(
        label="队伍名称",
        max_length=200,
        help_text="团队填写，个人不用填。队员以后邀请，由本人确认",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写队伍名称，2 到 60 个字"},
    )
    name = forms.CharField(
        label="真实姓名",
        max_length=60,
        help_text="将印在证书上，请与身份证一致。生僻字、间隔号“·”都可以",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "请填写真实姓名，要与身份证一致"},
    )
    organisation = forms.CharField(
        label="所在单位/学校院系",
        max_length=200,
        help_text="写全称，如“龙岗区实验学校”；个人没有单位的填“无”",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": "请填写所在单位/学校院系；没有单位的填“无”"},
    )
    categories = forms.MultipleChoiceField(
        label="报名类别",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "报名类别至少选一项"},
    )

    def __init__(
        self, edition: Edition, data: Any = None, *, fixed: Collection[str] = (), initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        rulebook = edition.rulebook
        self.tracks = {track.code: track for track in edition.tracks.all()}
        self.rules = [rule for rule in rulebook.tracks if rule.code in self.tracks]
        self.fields["track"].choices = [(rule.code, rule.short_name) for rule in self.rules]  # type: ignore[attr-defined]
        named = [(c.code, f"{c.code} {c.direction}") for c in rulebook.categories]
        self.fields["categories"].choices = named  # type: ignore[attr-defined]
        self.fields["categories"].help_text = "可以多选" if rulebook.entry.several_categories else "选一项"
        told = initial or {} if data is None or "kind" in fixed else data
        kind = told.get("kind")
        # Each form of entry has a field that the other may leave empty.
        self.fields["team_name"].required = kind == "team" or (data is None and not kind)
        self.fields["organisation"].required = kind != "team"
        if kind == "individual" and "kind" in fixed:
            del self.fields["team_name"]
        for name in fixed:
            self.fields.pop(name, None)

    @classmethod
    def of(cls, dossier: Dossier, data: Any = None, *, fixed: Collection[str] = ()) -> "EntryForm":
        """The form of an entry as it stands."""
        entry, who = dossier.entry, dossier.representative
        initial = {
            "track": entry.track.code,
            "kind": entry.kind,
            "team_name": entry.team_name,
            "name": who.name if who else "",
            "organisation": entry.organisation,
            "categories": entry.categories,
        }
        return cls(dossier.edition, data, fixed=fixed, initial=initial)

    @property
    def track_choices(self) -> list[tuple[BoundWidget, TrackRule]]:
        """Each track's button with its conditions."""
        return list(zip(self["track"], self.rules, strict=True))

    def values(self) -> dict[str, Any]:
        """What the services take."""
        values = dict(self.cleaned_data)
        return values | ({"track": self.tracks[values["track"]]} if "track" in values else {})

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say what the rules found, at its field."""
        show_problems(self, problems, called=PLACES)


class SubmitForm(forms.Form):
    """The texts that have yet to be accepted; what is required is judged by the service."""

    use_required_attribute = False

    def __init__(self, texts: Iterable[Text], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = list(texts)
        for text in self.texts:
            field = forms.BooleanField(label=f"我已阅读并同意《{text.title}》", required=text.required)
            field.error_messages["required"] = f"请阅读并勾选《{text.title}》"
            self.fields[f"consent_{text.code}"] = field

    @property
    def asked(self) -> list[tuple[forms.BoundField, Text]]:
        """Each box with its words."""
        return [(self[f"consent_{text.code}"], text) for text in self.texts]

    @property
    def ticked(self) -> list[str]:
        """The codes of what was accepted."""
        return [text.code for text in self.texts if self.data.get(f"consent_{text.code}")]


class WithdrawForm(forms.Form):
    """Why somebody leaves; they need not say."""

    reason = forms.CharField(
        label="退出的原因", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
