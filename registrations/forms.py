"""The clerk's form for one row of the 推荐申报表."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict

from core.forms import show_problems
from core.problems import Problem

from .models import RecommendationRow
from .rules import NamingRule, compose, fold, judge_name
from .rules.naming import FORCE, shown, typed_slots
from .services.facts import FormFacts

INDIVIDUAL = "individual"


class RowForm(forms.Form):
    """The official columns (G19–G21) plus track and e-mail. A team's name is composed; only its slot is typed.

    Nothing typed is refused here: a draft keeps it, and `show` places the rules' problems at their fields.
    `required` only tells the reader which fields a submitted row needs.
    """

    use_required_attribute = False

    name = forms.CharField(label="姓名（参赛者/参赛队伍代表）", max_length=60)
    entrant = forms.ChoiceField(label="参赛形式", widget=forms.RadioSelect)
    slot = forms.CharField(max_length=100)
    organisation = forms.CharField(
        label="参赛者所在单位/学校院系", max_length=200, help_text="个人参赛必填，队伍可不填"
    )
    phone = forms.CharField(
        label="联系电话",
        max_length=40,
        help_text="参赛者本人的手机号，内地或港澳",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    categories = forms.MultipleChoiceField(
        label="报名类别（可多选）", widget=forms.CheckboxSelectMultiple, help_text="选几项都只占一个名额"
    )
    track = forms.ChoiceField(label="赛道")
    email = forms.EmailField(label="邮箱", required=False, help_text="选填，参赛者本人的邮箱")
    reply = forms.CharField(
        label="给赛道联系人的说明",
        max_length=500,
        required=False,
        help_text="选填，随这一行一起提交。这一行本身不用改的，写明是怎么处理的，如“校名与公章一致”",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, facts: FormFacts, row: RecommendationRow | None, *args: Any, **kwargs: Any) -> None:
        self.naming = facts.naming
        kwargs.setdefault("initial", _initial(facts, row))
        super().__init__(*args, **kwargs)
        self.fields["entrant"].choices = [(INDIVIDUAL, "个人参赛"), *_team_choices(self.naming)]  # type: ignore[attr-defined]
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (category.code, f"{category.code} {category.direction}") for category in facts.rulebook.categories
        ]
        if row is None or not row.returned_as:
            del self.fields["reply"]
        self.tracks = {str(track.pk): track for track in facts.tracks}
        self.preset = row.track if row else self.tracks.get(str(facts.default_track.pk))
        self.fields["track"].choices = [(pk, track.name) for pk, track in self.tracks.items()]  # type: ignore[attr-defined]
        slots = {slot for option in range(len(self.naming.templates)) for slot in typed_slots(self.naming, option)}
        if slots:
            labels = [self.naming.labels.get(slot, slot) for slot in sorted(slots, reverse=True)]
            self.fields["slot"].label = "或".join(labels)
            self.fields["slot"].help_text = f"队伍必填，只填名称，“{FORCE}…”由系统接上；个人留空"
        else:
            del self.fields["slot"]

    def values(self, *, adopt: bool = False) -> dict[str, Any]:
        """What `save_row` takes, whether the input is right or wrong. adopt: take the suggested team name."""
        typed = {name: self.data.get(self.add_prefix(name), "") for name in ("name", "organisation", "phone", "email")}
        values: dict[str, Any] = {**typed, "team_name": self._team_name()}
        if adopt:
            values["team_name"] = judge_name(self.naming, values["team_name"]).suggestion or values["team_name"]
        if "reply" in self.fields:
            values["reply"] = self.data.get("reply", "")
        known = dict(self.fields["categories"].choices)  # type: ignore[attr-defined]
        values["categories"] = [code for code in self.data.getlist("categories") if code in known]  # type: ignore[attr-defined]
        if track := self.tracks.get(self.data.get("track", "")) or self.preset:
            values["track"] = track
        return values

    def show(self, problems: list[Problem]) -> None:
        """Place the rules' problems at the fields where the clerk can mend them."""
        self._errors, self.cleaned_data = ErrorDict(), {}  # the rules' words alone, also on an unbound form
        show_problems(self, problems, called={"team": "slot" if "slot" in self.fields else "entrant"})

    def _team_name(self) -> str:
        choice = self.data.get("entrant", INDIVIDUAL)
        if not choice.isdecimal() or int(choice) >= len(self.naming.templates):
            return ""
        typed = str(self.data.get("slot", ""))
        if FORCE in fold(typed):  # a whole name, pasted
            return typed
        option = int(choice)
        return compose(self.naming, option, dict.fromkeys(typed_slots(self.naming, option)[:1], typed))


def _team_choices(naming: NamingRule) -> list[tuple[str, str]]:
    return [(str(option), f"队伍：{shown(naming, option)}") for option in range(len(naming.templates))]


def _initial(facts: FormFacts, row: RecommendationRow | None) -> dict[str, Any]:
    if row is None:
        return {"entrant": "0", "track": str(facts.default_track.pk)}
    verdict = judge_name(facts.naming, row.team_name)
    return {
        "name": row.name,
        "entrant": str(verdict.option) if row.team_name else INDIVIDUAL,
        "slot": row.team_name if not verdict.name else next(iter(verdict.slots.values()), ""),
        "organisation": row.organisation,
        "phone": row.phone.removeprefix("+86"),
        "categories": row.categories,
        "track": str(row.track_id),
        "email": row.email,
        "reply": row.reply,
    }


class InviteForm(forms.Form):
    """Whom to invite as an officer of a unit: an e-mail address or a mobile number."""

    email = forms.EmailField(label="邮箱", required=False)
    phone = forms.CharField(label="手机号", max_length=20, required=False, help_text="邮箱和手机号填一项即可")


class PasteForm(forms.Form):
    """A block of cells as text."""

    text = forms.CharField(
        label="从表格里复制的内容",
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="一行一个参赛者或参赛队伍",
    )

    def clean_text(self) -> str:
        """Kept as it is, for a row may begin with an empty cell; but there must be something."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise forms.ValidationError("请先粘贴内容")
        return text


class ReturnPlacesForm(forms.Form):
    """How many unused places a unit hands back; the clerk must say that it is meant."""

    count = forms.IntegerField(
        label="退回几个名额", min_value=1, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    sure = forms.BooleanField(label="我确认退回，知道退回后不能自行取回", error_messages={"required": "请先勾选确认"})

    def __init__(self, spare: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["count"].help_text = f"没有用的名额有 {spare} 个；草稿还没有占名额，要提交的请留够"


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, none empty; what they hold is the service's affair."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Every file, each through the usual checks."""
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in chosen or [None]]


class ScanForm(forms.Form):
    """The stamped form, scanned or photographed."""

    files = FilesField(  # type: ignore[assignment]  # a field is no attribute of its form
        label="盖章扫描件",
        help_text="PDF、JPG 或 PNG，合计不超过 20 MB；有几页就把几页都选上",
        widget=FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": "请选择盖好章的扫描件：一个 PDF，或一张或几张 JPG、PNG 照片"},
    )
    code = forms.CharField(
        label="版本码",
        max_length=20,
        required=False,
        help_text="系统会自己认页脚的二维码；认不出时才要填，照着页脚抄写，例如 2-7A3F",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class WorkbookForm(forms.Form):
    """A 推荐申报表 filled in with Excel or WPS."""

    file = forms.FileField(
        label="推荐申报表",
        help_text=".xlsx、.xls 或 .csv，不超过 10 MB；Excel、WPS 都可以",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": "请选择填好的推荐申报表",
            "empty": "文件是空的（0 字节）。请检查是否保存成功，再重新上传",
        },
    )
