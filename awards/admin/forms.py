"""What the organiser types about awards."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.portal_admin import reason_field
from judging.round_models import METHODS
from tracks.models import Edition
from tracks.rulebook.kinds import percent

from ..models import AwardLine, AwardList
from ..services import whatif
from ..services.drafting import Draft
from ..services.facts import rounds_of
from ..states import OUTCOMES


class WhyForm(forms.Form):
    """Why."""

    reason = reason_field()


class LeaveOutForm(forms.Form):
    """Who has no prize, and why."""

    key = forms.ChoiceField(label="哪一件（个、位）不授奖", widget=UnfoldAdminSelectWidget())
    reason = reason_field(help_text="记入组委会决定；公示名单只写“见决定第几号”")

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(data)
        holding = {line.key: f"{line.level_name}　" for line in draft.lines}
        named = sorted(draft.gathered.recipients.items(), key=lambda pair: (pair[0] not in holding, pair[0]))
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            (key, f"{holding.get(key, '')}{who.name}　{who.title}") for key, who in named
        ]


class CountForm(forms.Form):
    """Fewer places of a level, and why."""

    level = forms.ChoiceField(label="等次", widget=UnfoldAdminSelectWidget())
    count = forms.IntegerField(label="取几名", min_value=0, widget=UnfoldAdminIntegerFieldWidget())
    reason = reason_field()

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(data)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.name}（规则 {one.count if one.count is not None else '未写'} 名）")
            for one in draft.gathered.levels
        ]


class OrderForm(forms.Form):
    """The order of works that tied."""

    reason = reason_field()

    def __init__(self, draft: Draft, keys: list[str], data: Any = None) -> None:
        super().__init__(data)
        for number, key in enumerate(keys):
            who = draft.gathered.recipients[key]
            self.fields[f"place_{number}"] = forms.IntegerField(
                label=f"{who.name}　{who.title}排第几", min_value=1, max_value=len(keys),
                widget=UnfoldAdminIntegerFieldWidget(),
            )  # fmt: skip
        self.keys = keys
        self.order_fields([*(f"place_{n}" for n in range(len(keys))), "reason"])

    def clean(self) -> dict[str, Any]:
        """Every place once."""
        values = super().clean() or {}
        places = [values.get(f"place_{n}") for n in range(len(self.keys))]
        if None not in places and len(set(places)) != len(places):
            raise forms.ValidationError("每个先后只能用一次，请排成 1、2、3……")
        return values

    @property
    def order(self) -> list[str]:
        """Keys, best first; the form is valid."""
        return sorted(self.keys, key=lambda key: self.cleaned_data[f"place_{self.keys.index(key)}"])


class WhatIfForm(forms.Form):
    """Other weights, another method, other numbers of places."""

    def __init__(self, found: AwardList, draft: Draft, data: Any = None) -> None:
        super().__init__(data)
        kind, self.levels = found.rule.kind, draft.gathered.levels
        self.rounds = rounds_of(found) if kind == "ranking" else {}
        if self.rounds:
            self.fields["method"] = forms.ChoiceField(
                label="合成方法", choices=[("", "不变"), *METHODS], required=False, widget=UnfoldAdminSelectWidget()
            )
        for round_ in self.rounds.values():
            for one in round_.criteria.filter(counts=True):
                self._number(f"criterion_{one.code}", f"{one.name}占总分", percent(one.share), one.weight)
            for panel in round_.panels.all() if round_.panels.count() > 1 else ():
                self._number(f"panel_{panel.code}", f"{panel.name}占比", percent(panel.share), panel.weight)
        for measure in found.rule.measures:
            self._number(f"measure_{measure.code}", measure.name, percent(measure.weight), str(measure.weight))
        for level in self.levels:
            if level.count is not None:
                self._number(f"count_{level.code}", f"{level.name}取几名", str(level.count), str(level.count))

    def _number(self, name: str, label: str, shown: str, exact: str) -> None:
        self.fields[name] = forms.CharField(
            label=label, required=False, max_length=20, help_text=f"现为 {shown}，不填不变",
            widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "placeholder": exact}),
        )  # fmt: skip

    @property
    def change(self) -> whatif.Change:
        """What was typed. Raises Refused for what is no number."""
        typed = {name: value for name, value in self.cleaned_data.items() if value}

        def of(kind: str) -> dict[str, Any]:
            return {n.removeprefix(kind): whatif.weight(v) for n, v in typed.items() if n.startswith(kind)}

        counts = {name: whatif.number(value) for name, value in typed.items() if name.startswith("count_")}
        return whatif.Change(
            typed.get("method", ""), of("criterion_"), of("panel_"), of("measure_"),
            {name.removeprefix("count_"): value for name, value in counts.items()},
        )  # fmt: skip


class WordsForm(forms.Form):
    """What is told to whoever objected."""

    words = forms.CharField(
        label="写给提出人的话", max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="原样发给提出人", error_messages={"required": "请写明依据和结论，提出人要看"},
    )  # fmt: skip


class DecideForm(forms.Form):
    """The outcome, and what was found."""

    outcome = forms.ChoiceField(label="结论", choices=OUTCOMES, widget=forms.RadioSelect)
    name = forms.CharField(
        label="获奖者更正为", required=False, max_length=200, widget=UnfoldAdminTextInputWidget(),
        help_text="只在结论为“更正”时填；排名本身有误的，先在评审轮次里改好，这里留空",
    )  # fmt: skip
    organisation = forms.CharField(
        label="单位更正为", required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    title = forms.CharField(label="作品更正为", required=False, max_length=200, widget=UnfoldAdminTextInputWidget())
    note = forms.CharField(
        label="核查情况", max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="组委会内部留存；答复另写",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, line: AwardLine | None = None) -> None:
        super().__init__(data)
        for name in ("name", "organisation", "title") if line else ():
            self.fields[name].widget.attrs["placeholder"] = f"现为：{getattr(line, name) or '空'}"


class NoteForm(forms.Form):
    """By whom a chance came true."""

    note = forms.CharField(
        label="由谁、凭什么选定", max_length=300, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )


class CarryForm(forms.Form):
    """To which edition."""

    edition = forms.ModelChoiceField(
        label="转入哪一届", queryset=Edition.objects.none(), widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, edition: Edition, data: Any = None) -> None:
        super().__init__(data)
        self.fields["edition"].queryset = Edition.objects.exclude(pk=edition.pk)  # type: ignore[attr-defined]
