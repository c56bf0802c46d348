"""Judges of a round: one by hand, many from a roster (N30)."""

from typing import Any

from django.http import HttpResponse

from core.accounts.requests import SignedInRequest
from core.sheets import Table, write_xlsx
from registrations.admin.uploads import SheetPage, workbook

from ..services import importing, judges
from ..sheets import ROSTER
from .common import RoundRoom
from .forms import InviteForm

VERDICTS = {"new": "将邀请", "unchanged": "不必邀请", "wrong": "有错"}


class RoundJudges(RoundRoom):
    """Inviting."""

    def invite_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """One person by mailbox or phone."""
        found = self.run(request, round)
        beside = [(one.letter, str(one)) for one in judges.siblings(found)]
        form = InviteForm(beside, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            expert = {name: values.pop(name) for name in ("organisation", "field")}
            judges.invite(found, by=request.user, expert=expert, **values)
            return "邀请已发出，对方点开链接、签署保密承诺后即为评委"

        return self.ask(
            request, form, act, title=f"邀请评委：{found}", button="发出邀请", back=self.url_of("change", found)
        )  # fmt: skip

    def import_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Upload → every error by row and column → preview → invitations to the good lines."""
        found = self.run(request, round)
        page = SheetPage(
            title=f"导入评委名单：{found}",
            columns=ROSTER,
            judge=lambda table: importing.judge_roster(found, table),
            act=lambda table: self._import(request, round, table),
            verdicts=VERDICTS,
            button="发出邀请",
            template_url="judging_round_import_template",
            args=(found.pk,),
            hint="名师团名单的十列照原样上传即可；性别和出生年月不保存。",
        )
        return page.respond(self, request)

    def import_template(self, request: SignedInRequest, round: int) -> HttpResponse:
        """An empty roster."""
        self.run(request, round)
        return workbook(write_xlsx(ROSTER, [], spare_rows=30), "评委名单-模板.xlsx")

    def _import(self, request: SignedInRequest, round: int, table: Table) -> str:
        count = importing.import_roster(self.run(request, round), table, by=request.user)
        return f"已向 {count} 位专家发出邀请"
