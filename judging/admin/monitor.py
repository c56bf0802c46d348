"""The organiser's monitor: progress, late judges, spread, severity and drift, exports."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from core.accounts.requests import SignedInRequest
from core.sheets import write_csv, write_xlsx
from registrations.admin.unit_people import ReasonForm

from ..models import ScoreSheet
from ..services import monitoring
from ..sheets import SCORES
from ..views.downloads import attachment
from .common import RoundRoom


class RoundMonitor(RoundRoom):
    """One page, and what it leads to."""

    def monitor_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Who is how far; where judges differ."""
        found = self.run(request, round)
        scores = monitoring.scores_of(found)
        progress = monitoring.progress(found, scores)
        chosen = next((one.judge for one in progress if str(one.judge.pk) == request.GET.get("judge")), None)
        works, done = sum(one.works for one in progress), sum(one.done for one in progress)
        return self.page(
            request, "judging/admin/monitor.html", f"评审进度：{found}", round=found, progress=progress,
            works=works, done=done, percent=done * 100 // works if works else 0,
            late=[one for one in progress if one.left or one.signed < one.works],
            wides=monitoring.wide_spreads(found, scores), chosen=chosen,
            signed=monitoring.signed_sheets(chosen) if chosen else [], back=self.url_of("change", found),
        )  # fmt: skip

    def urge_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """One click reminds all who are late, or one of them (`?judge=`)."""
        found = self.run(request, round)
        late = [one for one in monitoring.progress(found) if one.signed < one.works]
        if only := request.GET.get("judge"):
            late = [one for one in late if str(one.judge.pk) == only]

        def act(values: dict[str, Any]) -> str:
            return f"已提醒 {monitoring.urge([one.judge for one in late], by=request.user)} 位评委"

        effects = [
            f"{one.judge.label} {one.judge.user.real_name}：还有 {one.left} 件，未签名 {one.works - one.signed} 件"
            for one in late[:50]
        ]
        return self.ask(
            request, self.plain(request), act, title=f"催评：{found}", button=f"提醒 {len(late)} 位",
            back=self.url_of("monitor", found), effects=[*effects, "同一位评委 12 小时内只提醒一次"],
        )  # fmt: skip

    def again_page(self, request: SignedInRequest, round: int, sheet: int) -> HttpResponse:
        """Ask a judge to look at a signed sheet again."""
        found = self.run(request, round)
        sheets = ScoreSheet.objects.visible_to(request.user).filter(round=found)
        one = get_object_or_404(
            sheets.select_related("assignment__judge", "assignment__candidate__round__category"), pk=sheet
        )

        def act(values: dict[str, Any]) -> str:
            monitoring.ask_again(one, reason=values["reason"], by=request.user)
            return f"已请{one.assignment.judge.label} 重看 {one.assignment.candidate.label}"

        effects = [
            f"{one.assignment.judge.label} 对 {one.assignment.candidate.label} 的评分退回（合计 {one.total:.2f} 留存）",
            "评委收到通知和您写的理由；可以改，也可以维持，重新签名后才计入",
        ]
        return self.ask(
            request, ReasonForm(request.POST or None), act, title="请评委重看", button="退回重看",
            back=self.url_of("monitor", found), effects=effects,
        )  # fmt: skip

    def scores_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Every sheet, as a workbook or CSV (`?as=csv`); that somebody took it stands in 办理记录."""
        found = self.run(request, round)
        monitoring.count_export(found, by=request.user)
        match request.GET.get("as", "xlsx"):
            case "xlsx":
                return attachment(write_xlsx(SCORES, monitoring.score_rows(found)), f"{found}-全部评分.xlsx")
            case "csv":
                content = write_csv(SCORES, monitoring.score_rows(found))
                return attachment(content, f"{found}-全部评分.csv", "text/csv; charset=utf-8")
        raise Http404
