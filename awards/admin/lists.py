"""A list in the organiser's hands: preview, rulings, what if, decide, announce, correct, make final."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import action, display

from core import clock
from core.accounts.requests import SignedInRequest
from core.audit.timeline import timeline
from core.portal_admin import ReadOnlyPortalAdmin
from core.problems import Problem, Refused
from tracks.models import Edition
from tracks.wording import end

from ..models import AwardList, AwardVersion, Ruling
from ..publicity_page import changes_of, groups_of, names_of
from ..services import drafting, publishing, whatif
from ..services.drafting import Draft
from .forms import CountForm, LeaveOutForm, OrderForm, WhatIfForm, WhyForm


@admin.register(AwardList)
class AwardListAdmin(ReadOnlyPortalAdmin):
    """One page a list."""

    list_display = ["show_title", "show_state", "drafted_at", "opens_at", "closes_at", "final_at"]
    list_filter = ["state", "edition"]
    list_select_related = ["edition", "category", "track"]
    actions_list = ["new_page"]

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "awards_awardlist"
        pages = {
            "draft": self.draft_page, "leave_out": self.leave_out_page, "count": self.count_page,
            "what_if": self.what_if_page, "lock": self.lock_page, "unlock": self.unlock_page,
            "publish": self.publish_page, "correct": self.correct_page, "finalise": self.finalise_page,
        }  # fmt: skip
        own = [path(f"<int:award_list>/{word}/", wrap(page), name=f"{name}_{word}") for word, page in pages.items()]
        own.append(path("<int:award_list>/order/<int:tie>/", wrap(self.order_page), name=f"{name}_order"))
        own.append(path("<int:award_list>/unrule/<int:ruling>/", wrap(self.unrule_page), name=f"{name}_unrule"))
        return [*own, *super().get_urls()]

    def has_organiser_permission(self, request: SignedInRequest, object_id: Any = None) -> bool:
        """For unfold's button."""
        return request.user.is_superuser

    def get_queryset(self, request: SignedInRequest) -> QuerySet[AwardList]:
        """The organiser's alone: what is public of a list stands on its public page."""
        found = super().get_queryset(request)
        return found if request.user.is_superuser else found.none()

    @display(description="名单")
    def show_title(self, found: AwardList) -> str:
        return str(found)

    @display(
        description="状态", label={"拟定中": "info", "已确定": "warning", "公示中": "warning", "已生效": "success"}
    )
    def show_state(self, found: AwardList) -> str:
        return found.get_state_display()

    def change_view(
        self, request: SignedInRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The latest version with every line's reason, what stands against the next step, and the steps."""
        found: AwardList = self.visible_or_404(request, object_id)
        version = found.versions.first()
        now = self._preview(found)
        stale = version is not None and isinstance(now, Draft) and now.digest != version.sha256
        rulings, releases = list(found.rulings.select_related("by")), list(found.releases.select_related("by"))
        objections = found.objections.select_related("by").order_by("-pk")
        return self.page(
            request,
            "awards/admin/list.html",
            f"获奖名单：{found}",
            list=found,
            version=version,
            groups=groups_of(version, list(version.lines.all())) if version else [],
            missed=_missed(version.result, now) if version else [],
            ties=[(n, tie, _names(tie.keys, now)) for n, tie in enumerate(now.allocation.ties)]
            if isinstance(now, Draft) else [],
            ready=isinstance(now, Draft),
            stale=stale,
            waiting=now.problems if isinstance(now, Refused) else now.allocation.problems,
            hidden=publishing_problems(found) if found.state == "locked" else [],
            unripe=publishing.check_finalising(found, clock.now()) if found.state == "published" else [],
            rulings=[(one, _decided(one, now, version)) for one in rulings],
            objections=objections,
            releases=releases,
            formula=version.result.get("formula", []) if version else [],
            moments=timeline(found, *rulings, *releases),
            back=self.url_of("changelist"),
        )  # fmt: skip

    # --- Deeds --------------------------------------------------------------------------------------------

    @action(description="列出本届各奖项的名单", url_path="new", icon="playlist_add", permissions=["organiser"])
    def new_page(self, request: SignedInRequest) -> HttpResponse:
        """A list for every award and scope of the current edition."""
        edition = Edition.objects.current()

        def act(values: dict[str, Any]) -> str:
            if edition is None:
                raise Refused(Problem("edition.none", "还没有载入届次"))
            return f"共 {len(drafting.make_lists(edition, by=request.user))} 份名单"

        effects = ["按届次规则，每个奖项、每个范围列一份名单；已有的不动", "只是列出来，不分配任何奖项"]
        return self._plain(request, act, "列出本届各奖项的名单", "列出", self.url_of("changelist"), effects)

    def draft_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """Keep what the rules make of it now."""
        found = self._own(request, award_list)

        def act(values: dict[str, Any]) -> str:
            return f"已生成{drafting.draft(found, by=request.user)}"

        effects = ["按冻结的排名（积分、综合评分）和组委会的决定分配，每一行写明理由", "只有组委会看得到"]
        return self._plain(request, act, f"生成草案：{found}", "生成", self.url_of("change", found), effects)

    def leave_out_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """Somebody has no prize; the next moves up."""
        found = self._own(request, award_list)
        form = LeaveOutForm(self._draft(found), request.POST or None)

        def act(values: dict[str, Any]) -> str:
            keys = [values["key"]]
            return f"已记下{drafting.rule(found, 'left_out', keys=keys, reason=values['reason'], by=request.user)}"

        effects = ["不占名额，名次在后的依次递补", "记下以后请重新生成草案"]
        return self._ask(request, form, act, f"不授奖：{found}", "记下决定", found, effects)

    def count_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """Places stay vacant (Q23)."""
        found = self._own(request, award_list)
        form = CountForm(self._draft(found), request.POST or None)

        def act(values: dict[str, Any]) -> str:
            more = {"level": values["level"], "count": values["count"]}
            return f"已记下{drafting.rule(found, 'count', reason=values['reason'], by=request.user, **more)}"

        effects = ["名额是上限：可以少取，不能多取；空出来的不由别的等次占用", "记下以后请重新生成草案"]
        return self._ask(request, form, act, f"名额空缺：{found}", "记下决定", found, effects)

    def order_page(self, request: SignedInRequest, award_list: int, tie: int) -> HttpResponse:
        """Works that tied across the end of a level."""
        found = self._own(request, award_list)
        made = self._draft(found)
        if tie >= len(made.allocation.ties):
            raise Http404
        form = OrderForm(made, list(made.allocation.ties[tie].keys), request.POST or None)

        def act(values: dict[str, Any]) -> str:
            order, why = form.order, values["reason"]
            return f"已记下{drafting.rule(found, 'order', keys=order, reason=why, by=request.user)}"

        effects = ["按这个先后取名额，不多取", "记下以后请重新生成草案"]
        return self._ask(request, form, act, f"同名次的次序：{found}", "记下决定", found, effects)

    def unrule_page(self, request: SignedInRequest, award_list: int, ruling: int) -> HttpResponse:
        """Take a ruling back."""
        found = self._own(request, award_list)
        one = found.rulings.filter(pk=ruling, ended_at=None).first()
        if one is None:
            raise Http404

        def act(values: dict[str, Any]) -> str:
            drafting.unrule(one, reason=values["reason"], by=request.user)
            return f"已撤回{one}"

        form = WhyForm(request.POST or None)
        return self._ask(request, form, act, f"撤回{one}", "撤回", found, ["撤回以后请重新生成草案"])

    def what_if_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """若权重改为…，谁进谁出; nothing is written."""
        found = self._own(request, award_list)
        made = self._draft(found)
        asked = request.GET if "asked" in request.GET else None
        form, problems, changes = WhatIfForm(found, made, asked), [], None
        if asked is not None and form.is_valid():
            try:
                compared = whatif.what_if(found, form.change)
                changes = changes_of(compared.differences, dict(compared.names))
            except Refused as refused:
                problems = refused.problems
        return self.page(
            request, "awards/admin/what_if.html", f"权重试算：{found}", form=form, problems=problems,
            changes=changes, back=self.url_of("change", found),
        )  # fmt: skip

    def lock_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """Decide."""
        found = self._own(request, award_list)

        def act(values: dict[str, Any]) -> str:
            publishing.lock_list(found, by=request.user)
            return "名单已确定，还没有公示"

        effects = ["名单从此固定，公示是另一步", "要重新拟定，须由另一位组委会成员来办"]
        return self._plain(request, act, f"确定名单：{found}", "确定", self.url_of("change", found), effects)

    def unlock_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """A second person opens it again."""
        found = self._own(request, award_list)

        def act(values: dict[str, Any]) -> str:
            publishing.unlock_list(found, reason=values["reason"], by=request.user)
            return "可以重新拟定了"

        form = WhyForm(request.POST or None)
        return self._ask(request, form, act, f"重新拟定：{found}", "重新拟定", found, ["确定名单的人自己不能办"])

    def publish_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """Announce."""
        found = self._own(request, award_list)

        def act(values: dict[str, Any]) -> str:
            release = publishing.publish_list(found, by=request.user)
            return f"{release}已公示，通知正在发出"

        rule = found.edition.rulebook.publicity
        first = "当天计入" if rule.first_day_counts else "从次日起算"
        closes = end(publishing.window_from(found.edition, clock.now()))
        effects = [
            f"从现在起公示 {rule.working_days} 个工作日（{first}），到 {closes}为止，任何人都看得到",
            "通知名单上的参赛者和指导教师",
        ]
        return self._plain(request, act, f"公示：{found}", "公示", self.url_of("change", found), effects)

    def correct_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """The next version, where a ranking was corrected."""
        found = self._own(request, award_list)
        form = WhyForm(request.POST or None)

        def act(values: dict[str, Any]) -> str:
            return f"{publishing.correct(found, reason=values['reason'], by=request.user)}已公示"

        made = self._preview(found)
        shown = publishing.public_version(found)
        changes = []
        if isinstance(made, Draft) and shown:
            names = names_of(shown) | {one.code: one.name for one in made.gathered.levels}
            changes = changes_of(publishing.changes(found, made), names)
        effects = [f"{one.label}：{one.said}（{one.before or '无'} → {one.after or '无'}）" for one in changes]
        effects = effects or ["按现在的排名，名单没有变化，不能更正"]
        return self._ask(request, form, act, f"更正公示名单：{found}", "公示更正后的名单", found, effects)

    def finalise_page(self, request: SignedInRequest, award_list: int) -> HttpResponse:
        """After the window, with nothing open."""
        found = self._own(request, award_list)

        def act(values: dict[str, Any]) -> str:
            publishing.finalise(found, by=request.user)
            return "名单已生效，奖励权益已登记"

        effects = ["名单不再变动，按规则登记奖励权益，并记入荣誉名录", "公示期满且没有未答复的异议，也会自动生效"]
        return self._plain(request, act, f"名单生效：{found}", "生效", self.url_of("change", found), effects)

    # --- Helpers ------------------------------------------------------------------------------------------

    def _own(self, request: SignedInRequest, pk: int) -> AwardList:
        """The organiser's; nobody else works on a list."""
        found: AwardList = self.visible_or_404(request, str(pk))
        return found

    def _preview(self, found: AwardList) -> Draft | Refused:
        try:
            return drafting.preview(found)
        except Refused as refused:
            return refused

    def _draft(self, found: AwardList) -> Draft:
        """What the pages that need a ranking work on; without one they are not there."""
        made = self._preview(found)
        if isinstance(made, Refused):
            raise Http404(str(made))
        return made

    def _ask(
        self, request: SignedInRequest, form: forms.Form, act: Any, title: str, button: str, found: AwardList,
        effects: list[str],
    ) -> HttpResponse:  # fmt: skip
        back = self.url_of("change", found)
        return self.ask(request, form, act, title=title, button=button, back=back, effects=effects)

    def _plain(
        self, request: SignedInRequest, act: Any, title: str, button: str, back: str, effects: list[str]
    ) -> HttpResponse:
        """Nothing is typed, only agreed to."""
        form = forms.Form(request.POST if request.method == "POST" else None)
        return self.ask(request, form, act, title=title, button=button, back=back, effects=effects)


def publishing_problems(found: AwardList) -> list[Problem]:
    """What stands against announcing it; a round that was opened again is one."""
    try:
        return publishing.check_publishing(found)
    except Refused as refused:
        return refused.problems


def _decided(ruling: Ruling, now: Draft | Refused, version: AwardVersion | None) -> str:
    """What it says: 一等奖取 4 名; whom it is about."""
    if ruling.kind == "count":
        return f"{names_of(version).get(ruling.level, ruling.level) if version else ruling.level}取 {ruling.count} 名"
    words = " ".join(filter(None, (ruling.name, ruling.organisation, ruling.title)))
    return "、".join(_names(ruling.keys, now)) + (f" → {words}" if words else "")


def _missed(result: dict[str, Any], now: Draft | Refused) -> list[tuple[str, str, str]]:
    """Who was reached by a ranking and has no prize of it."""
    sources = result["sources"]
    return [
        (_names([key], now)[0], sources.get(source, source), reason)
        for key, source, reason in result["missed"] if not reason.startswith("已获")
    ]  # fmt: skip


def _names(keys: Any, now: Draft | Refused) -> list[str]:
    known = now.gathered.recipients if isinstance(now, Draft) else {}
    return [f"{known[key].name} {known[key].title}".strip() if key in known else key for key in keys]
