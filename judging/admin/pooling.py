"""Filling a round's pool: what has passed and is not in yet, all or some of it."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse

from core.accounts.requests import SignedInRequest

from ..services import pool
from .common import RoundRoom

SHOWN = 100


class PoolForm(forms.Form):
    """Which works: `all`, or the ticked ones."""

    def __init__(self, works: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.works = works

    def clean(self) -> dict[str, Any]:
        """The chosen works."""
        if "all" in self.data:
            return {"works": list(self.works)}
        ticked = {int(pk) for pk in self.data.getlist("work") if pk.isdecimal()}  # type: ignore[attr-defined]
        chosen = [work for work in self.works if work.pk in ticked]
        if not chosen:
            raise forms.ValidationError("请勾选要列入的作品，或选“全部列入”")
        return {"works": chosen}


class RoundPool(RoundRoom):
    """A page with the works that could enter; contacts see those of their tracks."""

    def pool_page(self, request: SignedInRequest, round: int) -> HttpResponse:
        """Preview, then put in."""
        found = self.seen(request, round)
        works = pool.eligible_works(found, request.user)
        late = found.assignments.exists()
        form = PoolForm(works, request.POST if request.method == "POST" else None)

        def act(values: dict[str, Any]) -> str:
            made = pool.add(found, [pool.thing_of(work) for work in values["works"]], by=request.user)
            if late and made:
                return f"已列入 {len(made)} 件作品，还没有评委；组委会在“评委分配”里补配后，评委才看得到"
            return f"已列入 {len(made)} 件作品"

        shown = Paginator(works, SHOWN).get_page(request.GET.get("page"))
        return self.ask(
            request, form, act, title=f"列入参评作品：{found}", button="列入勾选的作品",
            back=self.url_of("change", found), template="judging/admin/pool.html", round=found, shown=shown,
            inside=found.candidates.taking_part().count(),
        )  # fmt: skip
