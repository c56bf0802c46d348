"""The participant's forms of a work: its texts and AI declaration, as the edition asks for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from core.problems import Problem
from tracks.rulebook.works import Material

from .rules.material_words import limits_of
from .rules.works import AI_FIELDS, DIRECT, required_of_ai
from .services.anonymising import texts_of
from .services.work_dossier import WorkDossier

LONG = 200  # characters from which a text has several lines
USED = [("yes", "用了 AI"), ("no", "没有用 AI")]
ONE_LINE_AI = ("version", "provider", "share")


class WorkForm(forms.Form):
    """Everything that is typed. Nothing is refused here: a draft is kept right or wrong, the rules speak beside it."""

    use_required_attribute = False

    def __init__(self, dossier: WorkDossier, data: Any = None) -> None:
        super().__init__(data)
        self.dossier, work = dossier, dossier.work
        for material in dossier.texts:
            field = _field(material)
            field.initial = work.fields.get(material.code, "")
            self.fields[material.code] = field
        if dossier.rulebook.ai:
            self._add_declaration()
        if work.state == "returned":
            self.fields["reply"] = forms.CharField(
                label="补正说明",
                required=False,
                initial=work.reply,
                max_length=500,
                help_text="写给联系人：改了哪里；认为不用改的，写明原因",
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def _add_declaration(self) -> None:
        work, policy = self.dossier.work, self.dossier.rulebook.ai
        self.fields["ai_used"] = forms.ChoiceField(
            label="这件作品有没有使用 AI",
            choices=USED,
            widget=forms.RadioSelect,
            initial={True: "yes", False: "no"}.get(work.ai_used),  # type: ignore[arg-type]
        )
        required = required_of_ai(policy) if policy else set()
        for code in self.dossier.asked_of_ai:
            label, hint = AI_FIELDS[code]
            field: forms.Field
            if code == "direct":
                field = forms.ChoiceField(choices=[(word, word) for word in DIRECT], widget=forms.RadioSelect)
            else:
                rows = None if code in ONE_LINE_AI else forms.Textarea(attrs={"rows": 3})
                field = forms.CharField(widget=rows)
            field.label, field.help_text, field.required = label, hint, code in required
            field.initial = work.ai.get(code, "")
            self.fields[f"ai_{code}"] = field

    def full_clean(self) -> None:
        """Nothing typed is refused: `values` reads what came."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}

    def values(self) -> dict[str, Any]:
        """What the service takes: of the fields that came, as they were typed."""
        found: dict[str, Any] = {}
        for name in self.fields:
            if name == "ai_used":
                if name in self.data:
                    found[name] = {"yes": True, "no": False}.get(self.data[name])
            elif name in self.data:
                found[name] = self.data[name].replace("\r\n", "\n").strip()
        return found

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Say what the rules found, at its field; what has none is shown elsewhere."""
        for problem in problems:
            if problem.field in self.fields:
                self.add_error(problem.field, problem.message)

    @property
    def typed(self) -> list[forms.BoundField]:
        """The texts, in the edition's order."""
        return [self[material.code] for material in self.dossier.texts]

    @property
    def declared(self) -> list[forms.BoundField]:
        """The fields of the AI declaration after its first question."""
        return [self[name] for name in self.fields if name.startswith("ai_") and name != "ai_used"]


class AnonymousForm(forms.Form):
    """The texts that judges read, to be written again without names."""

    use_required_attribute = False

    def __init__(self, dossier: WorkDossier, data: Any = None) -> None:
        super().__init__(data)
        current: Mapping[str, str] = dossier.work.current.fields if dossier.work.current else {}
        for material in texts_of(dossier):
            field = _field(material)
            field.required = False
            field.initial = dossier.work.anonymous_fields.get(material.code) or current.get(material.code, "")
            self.fields[material.code] = field


class WorkWithdrawForm(forms.Form):
    """Why a work is taken back; nobody need say."""

    reason = forms.CharField(
        label="撤回的原因", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class PlainFileForm(forms.Form):
    """A small file with an ordinary form, where the page's script does not run."""

    file = forms.FileField(label="选择文件", error_messages={"required": "请先选择一个文件"})


def _field(material: Material) -> forms.Field:
    """The input that suits a material."""
    field: forms.Field
    match material.kind:
        case "choice":
            options = [("", "请选择"), *((choice, choice) for choice in material.choices)]
            field = forms.ChoiceField(choices=options)
        case "number":
            field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        case "link":
            field = forms.CharField(widget=forms.URLInput(attrs={"autocomplete": "off"}))
        case _:
            long = (material.characters_max or LONG + 1) > LONG
            rows = 8 if (material.characters_max or 0) > 500 else 4
            field = forms.CharField(
                widget=forms.Textarea(attrs={"rows": rows}) if long else forms.TextInput(attrs={"autocomplete": "off"})
            )
    field.label, field.required = material.name, material.required
    field.help_text = "；".join(filter(None, [material.hint, "，".join(limits_of(material))]))
    return field
