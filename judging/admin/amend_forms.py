"""The form in which the organiser amends a round's rules: fields of the round, and rows of criteria, panels, advance.

Rows stand in one form under names like `criteria-0-name`; the last ones are empty and may stay so. Nothing typed is
lost: the page that shows the difference carries every field along.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.portal_admin import reason_field

from ..models import AdvanceRule, Criterion, Panel, Round
from ..round_models import METHODS
from ..round_words import PER, ROUNDING
from ..rules.amending import BESIDE_CRITERIA, weight_of
from ..services import adoption

EMPTY = {"criteria": 2, "panels": 1, "advance": 1}  # rows to add something in
KINDS = {"criteria": Criterion, "panels": Panel, "advance": AdvanceRule}
CALLED = {"criteria": "要点", "panels": "评审团", "advance": "晋级规则"}
ORGANISERS = "组委会修订"  # the source of what no file says
CHAIN = 6
SCORED_ONLY = (
    "judges_per_work", "points_max", "aggregation", "severity_k", "normalise_panels", "spread_threshold", "blind",
    "same_city",
)  # fmt: skip


def _text(label: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, widget=UnfoldAdminTextInputWidget(), **more
    )  # fmt: skip


def _whole(label: str, least: int = 1, most: int = 100_000, **more: Any) -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False, widget=widget, **more)


def _switch(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanSwitchWidget())


def _choice(label: str, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget(), **more
    )  # fmt: skip


def _moment(label: str) -> forms.SplitDateTimeField:
    return forms.SplitDateTimeField(label=label, required=False, widget=UnfoldAdminSplitDateTimeWidget())


class WeightField(forms.CharField):
    """A share of 100, typed as 25, 12.5 or 50/3; given as the exact fraction that is stored."""

    def clean(self, value: Any) -> str:
        """The fraction; "" for nothing typed."""
        typed = str(super().clean(value))
        stored = weight_of(typed) if typed else ""
        if stored is None:
            raise forms.ValidationError(f"“{typed}”不是 0 到 100 的数；可写 25、12.5 或分数 50/3")
        return stored


def _weight(label: str) -> WeightField:
    return WeightField(label=label, max_length=20, required=False, widget=UnfoldAdminTextInputWidget())


ROWS: Mapping[str, Mapping[str, Callable[[], forms.Field]]] = {
    "criteria": {
        "name": lambda: _text("名称", 60),
        "dimension": lambda: _text("维度", 60),
        "weight": lambda: _weight("占总分（%）"),
        "counts": lambda: _switch("计入总分"),
    },
    "panels": {
        "name": lambda: _text("名称", 60),
        "kind": lambda: _choice("种类", Panel.KINDS),
        "weight": lambda: _weight("占比（%）"),
        "ballots_min": lambda: _whole("有效票下限（只对大众）"),
        "identity": lambda: _choice("一人一票（只对大众）", [("", "—"), ("phone", "手机号"), ("token", "投票码")]),
    },
    "advance": {
        "kind": lambda: _choice("方式", AdvanceRule.KINDS),
        "count": lambda: _whole("名额（按名次时）"),
        "percent": lambda: _whole("百分比（按比例时）", most=100),
        "rounding": lambda: _choice("取整（按比例时）", list(ROUNDING.items())),
        "count_min": lambda: _whole("至少几件", least=0),
        "per": lambda: forms.MultipleChoiceField(
            label="分别计算",
            required=False,
            choices=list(PER.items()),
            widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        ),
        "overridable": lambda: _switch("组委会可凭理由增加"),
        "purpose": lambda: _text("用于", 60),
    },
}


@dataclass(frozen=True)
class Row:
    """One fieldset of the page."""

    legend: str
    fields: list[forms.BoundField]
    empty: bool = False  # to add something in

    @property
    def open(self) -> bool:
        """Whether an empty row has been touched."""
        return any(field.errors for field in self.fields) or bool(self.fields[-1].value())


class AmendForm(forms.Form):
    """Everything that may be amended, as it stands, and why it changes."""

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        self.round = round_
        self.values, self.parts = adoption.rules_now(round_)
        if not round_.scored:
            self.parts = {AdvanceRule: self.parts[AdvanceRule]}
        chain = {f"tie-{n}": code for n, code in enumerate(self.values["tie_chain"])}
        initial = {name: value for name, value in self.values.items() if name != "tie_chain"} | chain
        for kind, number, row in self._stored():
            initial |= {f"{kind}-{number}-{name}": row.get(name) for name in ROWS[kind]}
        initial |= {f"criteria-{len(self.parts.get(Criterion, ())) + n}-counts": True for n in range(EMPTY["criteria"])}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.fields |= self._fields()

    def _fields(self) -> dict[str, forms.Field]:
        names = {row["code"]: row["name"] for row in self.parts.get(Criterion, ())} | BESIDE_CRITERIA
        found: dict[str, forms.Field] = {
            "opens_at": _moment("评分开始"),
            "closes_at": _moment("评分截止（此刻起不再受理）"),
        }
        if self.round.scored:
            found |= {
                "judges_per_work": _whole("每件作品评委数", most=99, help_text="全体评委评每一件时留空"),
                "points_max": _whole("每项满分", most=1000),
                "aggregation": _choice("合成方法", METHODS),
                "severity_k": _whole("校正强度 k", most=99, help_text="只用于校正分；越大，校正越少"),
                "spread_threshold": _whole("极差提醒（分）", most=1000, help_text="不提醒时留空"),
                "normalise_panels": _switch("各评审团先标准化再合成"),
                "blind": _switch("匿名评审"),
                "same_city": _switch("允许评审本市作品"),
            }
            choices = [("", "—"), *names.items()]
            chain = max(CHAIN, len(self.values["tie_chain"]))
            found |= {f"tie-{n}": _choice(f"第 {n + 1} 步比较", choices) for n in range(chain)}
            found["points_max"].required = found["aggregation"].required = found["severity_k"].required = True
        for kind in self._kinds():
            for number in range(len(self.parts[KINDS[kind]]) + EMPTY[kind]):
                found |= {f"{kind}-{number}-{name}": make() for name, make in ROWS[kind].items()}
                if number < len(self.parts[KINDS[kind]]):
                    found[f"{kind}-{number}-gone"] = _switch("删去")
                else:
                    found[f"{kind}-{number}-added"] = _switch("添加")
        return found | {"reason": reason_field("修订理由")}

    def _kinds(self) -> list[str]:
        return [kind for kind, model in KINDS.items() if model in self.parts]

    def _stored(self) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
        for kind in self._kinds():
            for number, row in enumerate(self.parts[KINDS[kind]]):
                yield kind, number, row

    # --- The page ---------------------------------------------------------------------------------------------

    def times(self) -> list[forms.BoundField]:
        """When scores are taken."""
        return [self["opens_at"], self["closes_at"]]

    def general(self) -> list[forms.BoundField]:
        """The other fields of the round itself."""
        return [self[name] for name in SCORED_ONLY if name in self.fields]

    def chain(self) -> list[forms.BoundField]:
        """同分次序, step by step."""
        return [self[name] for name in self.fields if name.startswith("tie-")]

    def rows(self) -> Iterator[tuple[str, str, list[Row]]]:
        """(kind, what it is called, its rows), the empty ones last."""
        for kind in self._kinds():
            stored = len(self.parts[KINDS[kind]])
            yield (
                kind,
                CALLED[kind],
                [
                    Row(
                        f"{CALLED[kind]} {number + 1}" if number < stored else f"添加{CALLED[kind]}",
                        [self[name] for name in self.fields if name.startswith(f"{kind}-{number}-")],
                        empty=number >= stored,
                    )
                    for number in range(stored + EMPTY[kind])
                ],
            )

    # --- What was typed ---------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        """A row needs a name and a weight."""
        values = super().clean() or {}
        for kind in self._kinds():
            for number, _, typed in self._typed(kind, values):
                for name, label in (("name", "名称"), ("weight", "占比")):
                    key = f"{kind}-{number}-{name}"
                    if name in ROWS[kind] and key not in self.errors and not typed.get(name):
                        self.add_error(key, f"{CALLED[kind]} {number + 1} 请写{label}；不要它就勾选“删去”")
        return values

    def amended(self) -> tuple[dict[str, Any], dict[Any, list[dict[str, Any]]]]:
        """(fields, rows of every kind) as they would be: what `adoption.amend` takes."""
        given = self.cleaned_data
        values = self.values | {name: given[name] for name in self.values if name in given}
        if self.round.scored:
            values["tie_chain"] = [given[name] for name in self.fields if name.startswith("tie-") and given[name]]
        return values, {KINDS[kind]: list(self._rows(kind)) for kind in self._kinds()}

    def _typed(self, kind: str, values: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any] | None, dict]]:
        """(number, the stored row, what was typed) of the rows that are to be."""
        stored = self.parts[KINDS[kind]]
        for number in range(len(stored) + EMPTY[kind]):
            typed = {name: values.get(f"{kind}-{number}-{name}") for name in ROWS[kind]}
            if number < len(stored) and not values.get(f"{kind}-{number}-gone"):
                yield number, stored[number], typed
            elif number >= len(stored) and values.get(f"{kind}-{number}-added"):
                yield number, None, typed

    def _rows(self, kind: str) -> Iterator[dict[str, Any]]:
        codes = {row["code"] for row in self.parts[KINDS[kind]] if "code" in row}
        for _, stored, typed in self._typed(kind, self.cleaned_data):
            row = dict(stored or {}) | typed
            if kind == "advance":
                row |= {"count_min": typed["count_min"] or 0}
                row |= {"rounding": typed["rounding"] if typed["kind"] == "percent" else ""}
                row |= {"count": typed["count"] if typed["kind"] == "top" else None}
                row |= {"percent": typed["percent"] if typed["kind"] == "percent" else None}
                row["source"] = stored["source"] if stored and row == stored else ORGANISERS
            elif kind == "panels" and typed["kind"] == "expert":
                row |= {"ballots_min": None, "identity": ""}
            if kind != "advance" and stored is None:
                row["code"] = next(code for n in range(1, 100) if (code := f"added{n}") not in codes)
                codes.add(row["code"])
            yield row
