"""Lock, unlock by two, publish, correct, advance."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.accounts.requests import SignedInRequest
from core.portal_admin import reason_field
from registrations.admin.unit_people import ReasonForm

from ..models import Candidate, Round, Snapshot
from ..services import closing
from .common import RoundRoom
from .forms import PickForm


class TieForm(forms.Form):
    """Works of one rank in the order decided, by their numbers."""

    order = forms.CharField(label="次序（作品编号，用空格隔开，好的在前）", widget=UnfoldAdminTextInputWidget())
    reason = reason_field("理由")

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_

    def clean_order(self) -> list[Candidate]:
        """The works of these numbers, none of them passed over."""
        known = {str(one.number): one for one in self.round.candidates.select_related("round__category")}
        typed = self.cleaned_data["order"].replace("、", " ").replace("，", " ").split()
        found = [known.get(code.rpartition("-")[2].lstrip("0")) for code in typed]
        if wrong := [code for code, one in zip(typed, found, strict=True) if one is None]:
            raise forms.ValidationError(f"本轮没有作品 {'、'.join(wrong)}，请照上面列出的编号填写")
        return [one for one in found if one]


def tied(snapshot: Snapshot | None) -> list[str]:
    """“第 3 名：A-0002、A-0005”: who shares a place in a snapshot."""
    if snapshot is None:
        return []
    shared: dict[int | None, list[str]] = {}
    rows = snapshot.rows.exclude(rank=None).order_by("rank", "position")
    for row in rows.select_related("candidate__round__category"):
        shared.setdefault(row.rank, []).append(row.candidate.label)
    return [f"第 {rank} 名：{'、'.join(labels)}" for rank, labels in shared.items() if len(labels) > 1]


class FollowerForm(forms.Form):
    """Into which round."""

    following = forms.ModelChoiceField(label="下一轮", queryset=Round.objects.none(), widget=UnfoldAdminSelectWidget())

    def __init__(self, rounds: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["following"].queryset = rounds  # type: ignore[attr-defined]


class RoundFreeze(RoundRoom):
    """The deeds from the lock on."""

    def lock_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Says who has not signed; then no score is taken any more."""
        found = self.run(request, round)

        def act(values: dict[str, Any]) -> str:
            snapshot = closing.lock_round(found, by=request.user, reason=values["reason"])
            return f"已封存，生成第 {snapshot.number} 版快照，指纹 {snapshot.sha256[:8]}"

        waiting = closing.unsigned(found)
        effects = ["从此刻起不再接受任何分数；同时生成排名快照", "重新开放要两个人同意"]
        effects += [f"还没有全部签名：{one}" for one in waiting]
        return self.ask(
            request, self.note(request), act, title=f"封存评分：{found}", button="封存",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def unlock_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Ask a second person."""
        found = self.run(request, round)

        def act(values: dict[str, Any]) -> str:
            closing.ask_unlock(found, reason=values["reason"], by=request.user)
            return "已申请，等另一位管理员同意"

        effects = ["另一位管理员同意后，评分重新开放", "原有快照留存，再次封存时另成一版"]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"申请解封：{found}", button="申请",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def unlock_answer_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """The second person agrees or refuses."""
        found = self.run(request, round)
        unlock = found.unlocks.filter(state="asked").select_related("asked_by", "round").first()
        if unlock is None:
            raise Http404
        agree = "refuse" not in request.POST

        def act(values: dict[str, Any]) -> str:
            closing.answer_unlock(unlock, agree=agree, by=request.user)
            return "已解封，评分重新开放" if agree else "已回复不同意"

        effects = [f"{unlock.asked_by.real_name}申请解封，理由：{unlock.reason}", "申请人自己不能同意"]
        return self.ask(
            request, self.plain(request), act, title=f"解封：{found}", button="同意解封",
            back=self.url_of("change", found), effects=effects, template="judging/admin/unlock.html",
        )  # fmt: skip

    def publish_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Show the ranking to everybody."""
        found = self.run(request, round)

        def act(values: dict[str, Any]) -> str:
            closing.publish(found, by=request.user)
            return f"{found}已公布"

        return self.ask(
            request, self.plain(request), act, title=f"公布结果：{found}", button="公布",
            back=self.url_of("change", found),
            effects=["名次、匿名评分和重算包向所有人公开", "以后作品退出或组委会决定同分，会另成一版并写明缘由"],
        )  # fmt: skip

    def retract_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Take it down again."""
        found = self.run(request, round)

        def act(values: dict[str, Any]) -> str:
            closing.retract(found, reason=values["reason"], by=request.user)
            return "已撤下"

        return self.ask(
            request, ReasonForm(request.POST or None), act, title=f"撤下公布：{found}", button="撤下",
            back=self.url_of("change", found), effects=["公众不再看到这一轮的名次", "快照和公布记录仍然留存"],
        )  # fmt: skip

    def tie_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """The organiser orders works that nothing parted."""
        found = self.run(request, round)
        effects = [f"现在并列的：{'；'.join(tied(found.snapshots.first())) or '没有，不用决定'}"]
        effects += ["只能给并列在同一名次的作品排先后", "理由写进快照说明"]

        def act(values: dict[str, Any]) -> str:
            closing.decide_tie(found, values["order"], reason=values["reason"], by=request.user)
            return "已决定同分次序，另成一版快照"

        return self.ask(
            request, TieForm(found, request.POST or None), act, title=f"决定同分次序：{found}", button="决定",
            back=self.url_of("change", found), effects=effects,
        )  # fmt: skip

    def pick_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """The organiser takes a work across the line, where the rule allows it or works are equal."""
        found = self.run(request, round)

        def act(values: dict[str, Any]) -> str:
            rule, work = values["rule"], values["work"]
            closing.pick(found, work, rule.position, reason=values["reason"], by=request.user)
            return f"{work.label} 增补晋级"

        form = PickForm(found, request.POST if request.method == "POST" else None)
        return self.ask(
            request, form, act, title=f"增补晋级：{found}", button="增补", back=self.url_of("change", found),
            effects=["只在规则允许增加，或入围线上并列时生效", "已封存或公布的轮次会另成一版快照，写明理由"],
        )  # fmt: skip

    def advance_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Put those who go on into the next round's pool."""
        found = self.run(request, round)
        form = FollowerForm(found.followers.all(), request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            made = closing.advance(found, values["following"], by=request.user)
            return f"{len(made)} 件作品列入{values['following']}"

        return self.ask(
            request, form, act, title=f"晋级：{found}", button="列入下一轮",
            back=self.url_of("change", found), effects=["公布的快照里晋级的作品列入下一轮，已在其中的不变"],
        )  # fmt: skip
