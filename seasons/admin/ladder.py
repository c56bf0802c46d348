"""The points season in the organiser's hands: post, compare with changed rules, grant, freeze."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core import clock
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.clock import BEIJING
from core.portal_admin import ReadOnlyPortalAdmin, reason_field
from core.problems import Refused
from judging.views.downloads import attachment
from registrations.entry_models import Entry
from tracks.models import Edition

from ..models import Ladder, PointEntry, PointFact, PointSnapshot, Season, Standing
from ..services import freezing, granting, hours_export, ladder, posting, standings


class GrantForm(forms.Form):
    """A bonus or a theme's prize for one entry."""

    entry = forms.CharField(
        label="报名编号", max_length=30, help_text="如 GDAIKP1-000128",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    rule = forms.ChoiceField(label="按哪条规则", widget=UnfoldAdminSelectWidget())
    season = forms.ModelChoiceField(
        label="月度主题（奖项要选）", queryset=Season.objects.none(), required=False, widget=UnfoldAdminSelectWidget()
    )
    day = forms.DateField(
        label="取得日期（加分）", required=False,
        widget=UnfoldAdminDateWidget(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填就是今天；记入这一天所在的月份",
    )  # fmt: skip
    reason = reason_field(help_text="会记入账目，参赛者看得到")

    def __init__(self, found: Ladder, data: Any = None) -> None:
        super().__init__(data)
        self.rules = {r.code: r for r in ladder.rules_of(found.edition) if r.per in ("prize", "bonus")}
        self.fields["rule"].choices = [(code, rule.name) for code, rule in self.rules.items()]  # type: ignore[attr-defined]
        self.fields["season"].queryset = found.edition.seasons.filter(kind="points")  # type: ignore[attr-defined]
        self.edition = found.edition

    def clean_entry(self) -> Entry:
        """The entry of that number."""
        number = Entry.pk_of(self.cleaned_data["entry"]) or 0
        entry = Entry.objects.select_related("edition").filter(pk=number, edition=self.edition).first()
        if entry is None:
            raise forms.ValidationError("本届没有这个编号的报名，请从报名列表里复制编号")
        return entry

    def clean(self) -> dict[str, Any]:
        """A prize is one of a theme."""
        values = super().clean() or {}
        rule = self.rules.get(values.get("rule", ""))
        if rule and rule.per == "prize" and not values.get("season"):
            self.add_error("season", "奖项要选是哪个月度主题的")
        return values


class FreezeForm(forms.Form):
    """Why it is frozen although something is open."""

    reason = reason_field("理由（有未了事项时必填）")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["reason"].required = False


class WhyForm(forms.Form):
    """Why."""

    reason = reason_field()


class RepostForm(WhyForm):
    """Of which text the difference was previewed."""

    sha256 = forms.CharField(widget=forms.HiddenInput)


class HoursForm(WhyForm):
    """Which month."""

    month = forms.ChoiceField(label="月份", widget=UnfoldAdminSelectWidget())
    field_order = ("month", "reason")

    def __init__(self, months: list[str], data: Any = None) -> None:
        super().__init__(data)
        self.fields["month"].choices = [(month, month) for month in months]  # type: ignore[attr-defined]


@admin.register(Ladder)
class LadderAdmin(ReadOnlyPortalAdmin):
    """One page a season."""

    list_display = ["edition", "frozen_at"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "seasons_ladder"
        pages = {"post": self.post_page, "difference": self.difference_page, "grant": self.grant_page}
        pages |= {"freeze": self.freeze_page, "thaw": self.thaw_page, "hours": self.hours_page}
        own = [path(f"<int:ladder>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Ladder]:
        """The organiser's; the current edition's is made when it is first looked for."""
        if request.user.is_superuser:
            for edition in Edition.objects.filter(is_current=True, ladder=None):
                ladder.ladder_of(edition)
        return super().get_queryset(request).select_related("edition")

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How the season stands, and what can be done."""
        found: Ladder = self.visible_or_404(request, object_id)
        edition = found.edition
        facts = PointFact.objects.filter(entry__edition=edition)
        return self.page(
            request,
            "seasons/admin/ladder.html",
            f"积分赛季：{edition}",
            ladder=found,
            rules=edition.rulebook.point_rules,
            freezes=ladder.freeze_date(edition),
            waiting=facts.filter(posted_at=None, voided_at=None).count(),
            posted=facts.filter(posted_at__isnull=False).count(),
            lines=PointEntry.objects.filter(entry__edition=edition).count(),
            ranked=standings.ladder(edition).count(),
            entries=Standing.objects.filter(edition=edition, period="").count(),
            open_matters=[] if found.frozen_at else freezing.open_matters(edition),
            snapshots=list(PointSnapshot.objects.filter(edition=edition)),
            moments=timeline(found),
        )

    def post_page(self, request: SignedInRequest, ladder: int) -> HttpResponse:
        """Post what waits."""
        found = self._own(request, ladder)

        def act(values: dict[str, Any]) -> str:
            return f"已入账 {posting.post(found.edition, by=request.user)} 条"

        effects = ["所有已通过、还没有入账的事实按现行规则计分", "通常由后台自动完成；规则刚公布时在这里补一次"]
        return self.ask(
            request, forms.Form(request.POST if request.method == "POST" else None), act, title="积分入账",
            button="入账", back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def difference_page(self, request: SignedInRequest, ladder: int) -> HttpResponse:
        """What the rules in force would change in what was posted; then, with a reason, do it."""
        found = self._own(request, ladder)
        try:
            preview = posting.preview(found.edition)
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(self.url_of("change", found))
        form = RepostForm(request.POST or None, initial={"sha256": preview.sha256})
        numbers = dict(Entry.objects.filter(pk__in=[pk for pk, _ in preview.changes]).values_list("pk", "team_name"))

        def act(values: dict[str, Any]) -> str:
            count = posting.repost(found.edition, sha256=values["sha256"], reason=values["reason"], by=request.user)
            return f"已更正 {count} 处，原来的账目都在，冲正各有理由"

        return self.ask(
            request, form, act, title="按现行规则核对已入账的积分", button="按此更正",
            back=self.url_of("change", found), template="seasons/admin/difference.html", preview=preview,
            changes=[(numbers.get(pk) or f"报名 {pk}", change) for pk, change in preview.changes],
        )  # fmt: skip

    def grant_page(self, request: SignedInRequest, ladder: int) -> HttpResponse:
        """A bonus or a prize."""
        found = self._own(request, ladder)
        form = GrantForm(found, request.POST or None)

        def act(values: dict[str, Any]) -> str:
            rule, entry, why = form.rules[values["rule"]], values["entry"], values["reason"]
            if rule.per == "prize":
                granting.award_prize(entry, values["season"], rule.level or "", reason=why, by=request.user)
            else:
                at = clock.now()
                if day := values["day"]:
                    at = at.astimezone(BEIJING).replace(year=day.year, month=day.month, day=day.day)
                granting.award_bonus(entry, rule.code, earned_at=at, reason=why, by=request.user)
            return f"已登记 {entry}：{rule.name}"

        return self.ask(
            request, form, act, title="登记主题奖项或加分", button="登记", back=self.url_of("change", found),
            effects=["按规则计入这份报名的积分，理由写在积分存折里", "登记错了可以取消，账目上会冲正"],
        )  # fmt: skip

    def freeze_page(self, request: SignedInRequest, ladder: int) -> HttpResponse:
        """Say what is open; then no line is added any more."""
        found = self._own(request, ladder)
        form = FreezeForm(request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            freezing.freeze(found.edition, reason=values["reason"], by=request.user)
            return "积分已冻结，后台正在生成快照和重算包"

        effects = ["从此刻起不再入账、不再更正；同时生成带指纹的名次快照和重算包，对外公开"]
        effects += [problem.message for problem in freezing.open_matters(found.edition)]
        return self.ask(
            request, form, act, title="冻结积分", button="冻结", back=self.url_of("change", found), effects=effects
        )

    def thaw_page(self, request: SignedInRequest, ladder: int) -> HttpResponse:
        """Take lines again."""
        found = self._own(request, ladder)

        def act(values: dict[str, Any]) -> str:
            freezing.thaw(found.edition, reason=values["reason"], by=request.user)
            return "已解除冻结"

        return self.ask(
            request, WhyForm(request.POST or None), act, title="解除冻结", button="解除冻结",
            back=self.url_of("change", found), effects=["可以继续入账；原来的快照保留，再次冻结时生成新的一版"],
        )  # fmt: skip

    def hours_page(self, request: SignedInRequest, ladder: int) -> HttpResponse:
        """Verified hours of a month as a workbook, for filling in elsewhere."""
        found = self._own(request, ladder)
        form = HoursForm(standings.months_of(found.edition), request.POST or None)
        if request.method == "POST" and form.is_valid():
            month, why = form.cleaned_data["month"], form.cleaned_data["reason"]
            try:
                content = hours_export.export_hours(found.edition, month, reason=why, by=request.user)
            except Refused as refused:
                form.add_error("month", str(refused))
            else:
                return attachment(content, f"志愿服务时长-{month}.xlsx")
        effects = [
            "导出 xlsx：姓名、活动、日期、时长，只含审核通过的；供活动组织方在 i志愿 补录",
            "谁导出的会记入导出记录",
        ]
        return self.page(
            request, "core/admin/ask.html", "导出志愿服务时长", status=422 if form.errors else 200, form=form,
            button="导出", back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def _own(self, request: SignedInRequest, ladder: int) -> Ladder:
        found: Ladder = self.visible_or_404(request, str(ladder))
        return found
