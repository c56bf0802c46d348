"""The forms of training's own pages."""

from collections.abc import Iterable
from typing import Any

from django import forms

from .models import Question


class CodeForm(forms.Form):
    """The code on the screen."""

    use_required_attribute = False

    code = forms.CharField(
        label="签到码",
        max_length=20,
        help_text="照屏幕上的 6 位数字填写",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写签到码"},
    )


class QuizForm(forms.Form):
    """All questions on one page: `q1`, `q2`, … in order; what is missing the service says."""

    use_required_attribute = False

    def __init__(self, questions: Iterable[Question], data: Any = None) -> None:
        super().__init__(data)
        self.questions = list(questions)
        for number, question in enumerate(self.questions, 1):
            label = f"{number}. {question.text}"
            choices = [(str(place), option) for place, option in enumerate(question.options)]
            if question.multiple:
                self.fields[f"q{number}"] = forms.MultipleChoiceField(
                    label=f"{label}（多选）", choices=choices, widget=forms.CheckboxSelectMultiple, required=False
                )
            else:
                self.fields[f"q{number}"] = forms.ChoiceField(
                    label=label, choices=choices, widget=forms.RadioSelect, required=False
                )
        for one in self.fields.values():
            one.required = True  # every question is asked; the service says which is missing, all at once
            one.error_messages["required"] = "这一题还没有选"

    @property
    def answers(self) -> dict[int, list[int]]:
        """Question → chosen options."""
        chosen = {}
        for number, question in enumerate(self.questions, 1):
            value = self.cleaned_data[f"q{number}"]
            chosen[question.pk] = [int(one) for one in (value if isinstance(value, list) else [value])]
        return chosen
