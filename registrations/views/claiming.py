"""认领: the participant types a code or opens a link; the unit hands codes out and sees how far everybody is."""

from dataclasses import dataclass
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts import invitations
from core.accounts.access import signed_in
from core.accounts.models import User
from core.accounts.views import InvitationView
from core.files.kinds import PDF
from core.forms import show_problems
from core.idempotency import once
from core.problems import Refused
from core.tokens import token_of
from tracks.models import Edition

from .. import states
from ..entry_models import Entry, RowClaim
from ..models import Recommendation, RecommendationRow
from ..printing.codes import Slip, slips_pdf
from ..services import claiming
from ..services.dossier import claim_window
from ..work_models import Work
from .sheet import form_of


class CodeForm(forms.Form):
    """The code from the unit."""

    use_required_attribute = False

    code = forms.CharField(
        label="认领码",
        max_length=20,
        help_text="8 位字母和数字，在推荐单位发给您的通知上，不分大小写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请输入认领码；还没有收到的，请向推荐单位要"},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim_code(request: HttpRequest) -> HttpResponse:
    """Type the code, or pick a place that was recommended under one's own phone number."""
    user, edition = signed_in(request), Edition.objects.current()
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = claiming.find_code(form.cleaned_data["code"])
        except Refused as refused:
            show_problems(form, refused.problems, otherwise="code")
        else:
            return redirect("claim", token=token_of(found))
    own = claiming.claimable(user, edition) if edition else []
    page = {"form": form, "own": [(claim, token_of(claim)) for claim in own]}
    return render(request, "registrations/entries/claim_code.html", page, status=422 if form.errors else 200)


class ClaimView(InvitationView[RowClaim]):
    """The page behind a claim link."""

    model = RowClaim
    template_name = "registrations/entries/claim.html"

    def offer(self, invitation: RowClaim) -> str:
        """A participant whom the unit recommended."""
        return f"{invitation.row.recommendation.unit.full_name}推荐的参赛者"

    def take_up(self, invitation: RowClaim, user: User) -> None:
        """Claim the place."""
        claiming.claim_row(invitation, by=user)

    def done_url(self, invitation: RowClaim) -> str:
        """Where the entry stands."""
        entry = invitation.row.entries.exclude(state="withdrawn").first()
        return reverse("entry", kwargs={"entry": entry.pk}) if entry else reverse("desk")


@dataclass(frozen=True)
class Line:
    """One recommended row with what has become of it."""

    row: RecommendationRow
    code: RowClaim | None
    entry: Entry | None

    @property
    def step(self) -> tuple[str, str]:
        """(tone, words): how far the participant is."""
        if self.entry:
            tone = {"accepted": "ok", "rejected": "bad", "draft": "wait"}.get(self.entry.state, "now")
            words = "已认领，还没有提交" if self.entry.state == "draft" else self.entry.get_state_display()
            return tone, words
        if self.code and self.code.status == "open":
            return "wait", "已发码，等待认领"
        return "", "还没有发认领码"

    @property
    def works(self) -> list[tuple[str, str, str]]:
        """(category, state, words) of each work: that it was handed in and how it stands, not what is in it."""
        if not self.entry:
            return []
        return [(work.category, work.state, work.get_state_display()) for work in self.entry.works.all()]

    @property
    def open_code(self) -> str:
        """The code while it can be used; "" otherwise."""
        return claiming.shown(self.code.code) if self.code and self.code.status == "open" and not self.entry else ""

    @property
    def link(self) -> str:
        """What the QR holds."""
        return str(invitations.link(self.code)) if self.code and self.open_code else ""


def lines_of(form: Recommendation) -> list[Line]:
    """The rows that passed, in order; four queries, however many."""
    rows = form.rows.filter(state="approved").select_related("track", "edition").order_by("position", "pk")
    codes = claiming.codes_of(form)
    entries = {
        entry.row_id: entry
        for entry in Entry.objects.filter(row__recommendation=form, state__in=states.ENTRY_LIVE)
        .prefetch_related(Prefetch("works", Work.objects.only("entry", "category", "state")))
        .order_by("pk")
    }
    return [Line(row, codes.get(row.pk), entries.get(row.pk)) for row in rows]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@once
def unit_entries(request: HttpRequest, unit: int) -> HttpResponse:
    """Who has claimed, who has entered; POST issues a code for every row that lacks one."""
    form, _ = form_of(request, unit)
    if request.method == "POST":
        rows = [line.row for line in lines_of(form) if not line.entry]
        made = claiming.issue_codes(rows, by=signed_in(request))
        messages.success(request, f"{len(made)} 个认领码已备好，可以打印或逐个发短信")
        return redirect("unit_entries", unit=unit)
    lines = lines_of(form)
    page = {
        "form": form,
        "lines": lines,
        "closes": max((c for line in lines if (c := claim_window(line.row).closes)), default=None),
        "waiting": sum(not line.entry and not line.open_code for line in lines),
        "ready": sum(bool(line.open_code) for line in lines),
        "claimed": sum(line.entry is not None for line in lines),
        "entered": sum(bool(line.entry and line.entry.state != "draft") for line in lines),
    }
    return render(request, "registrations/unit_entries.html", page)


@login_required
@require_http_methods(["POST"])
@once
def unit_entry_do(request: HttpRequest, unit: int, row: int, verb: str) -> HttpResponse:
    """send, revoke, remind: one row's code, or its participant."""
    form, _ = form_of(request, unit)
    line = next((line for line in lines_of(form) if line.row.pk == row), None)
    page = redirect("unit_entries", unit=unit)
    user = signed_in(request)
    try:
        if line and line.entry and verb == "remind":
            claiming.remind_entry(line.entry, by=user)
            messages.success(request, f"已提醒{line.row.name}")
        elif line and line.code and verb == "send":
            claiming.send_code(line.code, by=user)
            messages.success(request, f"认领码已发到{line.row.name}的手机")
        elif line and line.code and verb == "revoke":
            claiming.revoke_code(line.code, by=user)
            messages.success(request, f"{line.row.name}的认领码已作废，可以重新发码")
        else:
            messages.error(request, "这一行已经变了，请看现在的情况")
    except Refused as refused:
        messages.error(request, str(refused))
    return page


@login_required
@require_safe
def unit_codes_pdf(request: HttpRequest, unit: int) -> HttpResponse:
    """Every open code on slips to cut and hand out."""
    form, _ = form_of(request, unit)
    slips = [
        Slip(line.row.name, line.row.team_name, line.open_code, line.link, claim_window(line.row).closes)
        for line in lines_of(form)
        if line.open_code
    ]
    if not slips:
        messages.error(request, "没有可打印的认领码，请先点“生成认领码”")
        return redirect("unit_entries", unit=unit)
    try:
        content = slips_pdf(form.unit.full_name, form.edition.rulebook.edition.short_name, slips)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("unit_entries", unit=unit)
    named = f"attachment; filename*=UTF-8''{quote(f'认领码-{form.unit.full_name}.pdf')}"
    return HttpResponse(content, content_type=PDF.content_type, headers={"Content-Disposition": named})
