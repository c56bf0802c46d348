"""参赛条件与证明: one form a condition, all on one page; what is typed is kept, right or wrong."""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict

from core.accounts.models import User
from core.accounts.names import normal_text
from core.clock import BEIJING
from core.forms import show_problems
from core.problems import Problem, Refused
from tracks.rulebook.contest import Condition

from .eligibility_models import EligibilityClaim, Honour
from .rules.eligibility import STATEMENT_LENGTH, check_claims, check_link, check_statement, years_before
from .services.dossier import Dossier
from .services.eligibility import editable, remove_claim, save_claim, sendable
from .services.stamping import Upload

DATES = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
NO_DATE = Problem("evidence.date_form", "日期请写成 2024-03-15 这样", "dated")


class ClaimForm(forms.Form):
    """One condition: whether it is claimed, and by what it is shown. `required` only tells the reader what is asked;
    nothing typed is refused here, `show` places the rules' problems."""

    use_required_attribute = False

    claimed = forms.BooleanField(required=False)
    honour = forms.ChoiceField(label="荣誉名录里查到", widget=forms.RadioSelect)
    file = forms.FileField(
        label="证明文件",
        help_text="PDF、JPG 或 PNG，不超过 20 MB；可以直接拍照",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    link = forms.CharField(
        label="证明链接",
        help_text="没有文件的，填能直接打开的网页，以 http:// 或 https:// 开头",
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    dated = forms.DateField(label="发布日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    statement = forms.CharField(
        label="说明", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="怎么看出符合这一条"
    )

    def __init__(self, dossier: Dossier, condition: Condition, data: Any = None, files: Any = None) -> None:
        self.dossier, self.condition = dossier, condition
        self.claim = next((claim for claim in dossier.claims if claim.condition == condition.code), None)
        super().__init__(data, files, prefix=condition.code, initial=_initial(self.claim))
        stored = self.claim or EligibilityClaim(entry=dossier.entry, condition=condition.code)
        self.locked = editable(dossier, stored)
        self.honours = {} if self.locked else {str(h.pk): h for h in dossier.honours_of(condition)}
        self.titles = {title.code: title.name for title in dossier.rulebook.honours}
        offered = [(key, told(honour, self.titles)) for key, honour in self.honours.items()]
        self.fields["honour"].choices = [*offered, ("", "都不是，我另附证明")]  # type: ignore[attr-defined]
        self.fields["statement"].help_text += f"，最多 {STATEMENT_LENGTH} 个字"
        for name in self._unasked():
            del self.fields[name]

    def _unasked(self) -> list[str]:
        if self.condition.pledge:
            return [name for name in self.fields if name != "claimed"]
        return ["honour"] * (not self.honours) + ["dated"] * (not self.condition.within_years)

    @property
    def fixed(self) -> bool:
        """It was sent in once, so that it cannot be unticked."""
        return self.claim is not None and self.claim.state != "draft"

    @property
    def ticked(self) -> bool:
        """As typed, else as stored."""
        typed = bool(self.data.get(self.add_prefix("claimed"))) if self.is_bound else self.claim is not None
        return typed or self.fixed

    @property
    def proofs(self) -> list[Any]:
        """The fields below the box."""
        return [self[name] for name in self.fields if name != "claimed"]

    @property
    def honour_told(self) -> str:
        """The registered honour that is claimed, in words."""
        return told(self.claim.honour, self.titles) if self.claim and self.claim.honour else ""

    @property
    def since(self) -> date | None:
        """The first day that counts, where the evidence must be recent (G24(7))."""
        years = self.condition.within_years
        return years_before(self.until, years) if years else None

    @property
    def until(self) -> date:
        """The day of registration: the last that counts."""
        return self.dossier.entry.created_at.astimezone(BEIJING).date()

    def keep(self, *, by: User) -> list[Problem]:
        """Store what can be stored of this form; what could not be, at its fields. Raises Refused for a locked one."""
        entry = self.dossier.entry
        if not self.ticked:
            if self.claim:
                remove_claim(self.claim, by=by)
            return []
        values, problems = self._values()
        file = self.files.get(self.add_prefix("file")) if "file" in self.fields else None
        if file is None:
            save_claim(entry, self.condition.code, values, by=by)
            return problems
        try:
            save_claim(entry, self.condition.code, values, by=by, upload=Upload(file.name or "", file))
        except Refused as refused:
            if any(problem.field != "file" for problem in refused.problems):
                raise
            save_claim(entry, self.condition.code, values, by=by)
            problems += refused.problems
        return problems

    def _values(self) -> tuple[dict[str, Any], list[Problem]]:
        """What was typed, as it is stored; what cannot be stored stays in the form alone."""
        typed = {name: self.data.get(self.add_prefix(name), "") for name in self.fields}
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, check in (("link", check_link), ("statement", check_statement)):
            if name in typed:
                text = normal_text(typed[name])
                problems += (wrong := check(text))
                values |= {} if wrong else {name: text}
        if "dated" in typed:
            try:
                values["dated"] = forms.DateField(input_formats=DATES, required=False).clean(typed["dated"])
            except ValidationError:
                problems.append(NO_DATE)
        if "honour" in typed:
            values["honour"] = self.honours.get(typed["honour"])
        return values, problems

    def show(self, problems: Iterable[Problem]) -> None:
        """Place problems at the fields where they can be put right."""
        self._errors, self.cleaned_data = ErrorDict(), {}  # the rules' words alone
        show_problems(self, problems, otherwise="claimed")


class EligibilityForms:
    """The page's forms, one a condition that can be claimed."""

    def __init__(self, dossier: Dossier, data: Any = None, files: Any = None) -> None:
        self.dossier = dossier
        claimable = [condition for condition in dossier.conditions if condition.effect != "excludes"]
        self.forms = [ClaimForm(dossier, condition, data, files) for condition in claimable]
        for form in self.forms:
            form.show([])

    @cached_property
    def open(self) -> bool:
        """Something can be changed."""
        return any(not form.locked for form in self.forms)

    @property
    def any_of(self) -> bool:
        """One of several is enough."""
        return any(form.condition.effect == "admits" for form in self.forms)

    @property
    def to_send(self) -> list[EligibilityClaim]:
        """Claims that wait to be sent in once more, after the entry itself was."""
        return sendable(self.dossier) if self.dossier.entry.state == "entered" else []

    def keep(self, *, by: User) -> list[Problem]:
        """Store what can be stored; every problem found, placed at `<condition>-<field>`."""
        problems: list[Problem] = []
        wrong: dict[str, list[Problem]] = {}
        for form in self.forms:
            if not form.locked:
                wrong[form.condition.code] = form.keep(by=by)
            elif form.ticked and not form.fixed:
                problems += [problem.at(f"{form.condition.code}-claimed") for problem in form.locked]
        fresh = Dossier(self.dossier.entry, self.dossier.now)
        for claim in fresh.claims:
            if claim.condition in wrong:
                found = wrong[claim.condition]
                told = {problem.field for problem in found}
                lacking = [p for p in fresh.claim_problems(claim) if p.field not in told and not _typed(p, told)]
                problems += [problem.at(f"{claim.condition}-{problem.field}") for problem in found + lacking]
        first = self.forms[0].condition.code if self.forms else ""
        claimed = [claim.condition for claim in fresh.claims]
        return [problem.at(f"{first}-claimed") for problem in check_claims(claimed, fresh.conditions)] + problems

    def show(self, problems: Iterable[Problem]) -> None:
        """Each problem at its condition's field."""
        for form in self.forms:
            code = f"{form.condition.code}-"
            form.show(p.at(p.field.removeprefix(code)) for p in problems if p.field.startswith(code))


def at_conditions(problems: Iterable[Problem], dossier: Dossier) -> list[Problem]:
    """Problems that a service placed at `claim-<pk>-<field>`, placed as the page's forms are named."""
    places = {f"claim-{claim.pk}-": f"{claim.condition}-" for claim in dossier.claims}
    found = []
    for problem in problems:
        place = next((place for place in places if problem.field.startswith(place)), "")
        found.append(problem.at(places[place] + problem.field.removeprefix(place) if place else ""))
    return found


def _typed(problem: Problem, told: set[str]) -> bool:
    """Evidence is missing because what was given was wrong, and that has been said."""
    return problem.code == "evidence.missing" and bool(told & {"file", "link"})


def _initial(claim: EligibilityClaim | None) -> dict[str, Any]:
    if claim is None:
        return {"honour": ""}
    honour = str(claim.honour_id or "")
    return {"link": claim.link, "dated": claim.dated, "statement": claim.statement, "honour": honour}


def told(honour: Honour, titles: dict[str, str]) -> str:
    """An honour in one line: 祝宇，广东省最美科技工作者，2021 年."""
    year = f"{honour.year} 年" if honour.year else ""
    parts = [honour.holder, titles.get(honour.title, honour.title), year, honour.detail, honour.organisation]
    return "，".join(part for part in parts if part)
