"""A theme's prizes in the admin: its round, the records that enter it, and what the public ranking gives."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect

from core.accounts.requests import SignedInRequest
from core.portal_admin import PortalAdmin, reason_field
from core.problems import Refused

from ..models import PointFact, Season
from ..services import prizing


class SettleForm(forms.Form):
    """What was looked at, and why."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = reason_field(help_text="会记入办理记录；要取消的奖项，参赛者在积分存折里看得到这个理由")


class ThemePrizing(PortalAdmin):
    """Pages of a monthly theme that has prizes; the organiser's."""

    def theme_organised(self, request: SignedInRequest, season: int) -> Season:
        """The theme; 403 for contacts."""
        raise NotImplementedError

    def prized(self, theme: Season) -> dict[str, Any]:
        """For the theme's own page: its round, how many records are in it and how many could be, prizes granted."""
        if theme.kind != "points" or not theme.prized:
            return {}
        prizes = PointFact.objects.filter(kind="prize", season=theme, voided_at=None)
        found: dict[str, Any] = {"round": theme.round, "granted": prizes.count()}
        found["inside"] = theme.round.candidates.taking_part().count() if theme.round else 0
        found["waiting"] = prizing.eligible(theme).count()
        return found

    def prize_round_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """Make the round."""
        found = self.theme_organised(request, season)

        def act(values: dict[str, Any]) -> str:
            prizing.open_round(found, by=request.user)
            return "评审轮次已建立。请邀请评委、列入服务记录，然后分配评委"

        effects = ["按届次规则的三个维度、六个要点评分，匿名评审；评分开始前可以在轮次页修改规则"]
        return self.ask(
            request, _nothing(request), act, title=f"建立主题评审：{found}", button="建立评审轮次",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def prize_pool_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """Put the approved records in."""
        found = self.theme_organised(request, season)
        records = list(prizing.eligible(found))

        def act(values: dict[str, Any]) -> str:
            return f"已列入 {prizing.fill(found, by=request.user)} 条服务记录"

        effects = [f"这个主题审核通过、还没有列入的服务记录 {len(records)} 条："]
        effects += [f"{record.title}（{record.number}）" for record in records[:50]]
        effects += ["评委看到活动内容、受众和照片；姓名、队名、单位自动隐去，链接不显示"]
        return self.ask(
            request, _nothing(request), act, title=f"列入服务记录：{found}", button=f"列入 {len(records)} 条",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def prizes_page(self, request: SignedInRequest, season: int) -> HttpResponse:
        """What the public ranking gives or changes; then, with a reason, do it."""
        found = self.theme_organised(request, season)
        try:
            outlook = prizing.outlook(found)
        except Refused as refused:
            self.message_user(request, str(refused), "ERROR")
            return HttpResponseRedirect(self.url_of("change", found))
        form = SettleForm(request.POST or None, initial={"seen": outlook.mark})

        def act(values: dict[str, Any]) -> str:
            count = prizing.settle(found, reason=values["reason"], by=request.user, seen=values["seen"])
            return f"已更正 {count} 项，积分随即入账；取消的在账目上冲正"

        names = prizing.names_of(outlook.changes)
        levels = {prize.level: prize.name for prize in found.edition.rulebook.theme_prizes}
        effects = [problem.message for problem in outlook.problems]
        for change in sorted(outlook.changes, key=lambda one: one.new.place.rank or 0 if one.new else 0):
            old = f"取消{levels.get(change.old.level, change.old.level)}" if change.old else ""
            new = (
                f"授予{change.new.name}（{change.new.place.label}，第 {change.new.place.rank} 名）"
                if change.new
                else ""
            )
            effects.append(f"{names[change.entry]}：{'，'.join(filter(None, (old, new)))}")
        if not outlook.changes and not outlook.problems:
            effects.append("奖项与公布的名次一致，不用更正")
        effects.append(f"依据：{outlook.snapshot}")
        return self.ask(
            request, form, act, title=f"按名次发放奖项：{found}", button="确认发放",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip


def _nothing(request: SignedInRequest) -> forms.Form:
    """Only a yes is asked."""
    return forms.Form(request.POST if request.method == "POST" else None)
