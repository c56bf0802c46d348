"""The organiser's themes: added month by month (N, G2), announced, cancelled."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.accounts.models import User
from core.audit.history import recorded
from core.problems import Problem, Refused, refuse_if
from core.states import move
from tracks.models import Edition

from ..models import Season

EDITABLE = ("name", "category", "starts_at", "ends_at", "industry", "format", "contents", "prized")


def save(edition: Edition, values: Mapping[str, Any], *, by: User, theme: Season | None = None) -> Season:
    """Add a monthly theme, or change one; of a theme of the file only its dates, since the file says the rest.

    values: of EDITABLE, and `code` for a new one. Raises Refused for reversed dates, for a code that is taken, and for
    a new name once its round is made.
    """
    with transaction.atomic(), recorded("season.saved", by=by):
        if theme is None:
            theme = Season(edition=edition, code=values["code"], kind="points", position=edition.seasons.count())
            if edition.seasons.filter(code=theme.code).exists():
                raise Refused(Problem("season.code", f"代码“{theme.code}”已有主题在用，请换一个", "code"))
        for name in ("starts_at", "ends_at") if theme.from_file else EDITABLE:
            if name in values:
                setattr(theme, name, values[name])
        refuse_if(_check_dates(theme) + _check_name(theme))
        theme.save()
    return theme


def publish(theme: Season, *, by: User) -> None:
    """Announce a theme. Raises Refused while it has no beginning or no field of industry (G2)."""
    problems = [] if theme.opens else [Problem("season.undated", "还没有开始时间，请先填上再发布", "starts_at")]
    if not theme.industry:
        problems.append(Problem("season.industry", "每个主题对应一个行业领域，请先填上再发布", "industry"))
    refuse_if(problems)
    with transaction.atomic(), recorded("season.published", by=by):
        move(theme, "publish")


def cancel(theme: Season, *, reason: str, by: User) -> None:
    """Take a theme back, with a reason; what was recorded under it stays. Raises Refused without a reason."""
    refuse_if([] if reason.strip() else [Problem("reason.missing", "请写明理由，会记入办理记录", "reason")])
    with transaction.atomic(), recorded("season.cancelled", by=by, reason=reason.strip()):
        move(theme, "cancel")


def _check_dates(theme: Season) -> list[Problem]:
    if theme.opens and theme.closes and theme.opens >= theme.closes:
        return [Problem("season.dates", "结束应晚于开始，请对调或改正", "ends_at")]
    return []


def _check_name(theme: Season) -> list[Problem]:
    """Judges and the public know the round by the theme's name, which the round keeps (`round_stays`)."""
    if theme.round and theme.round.theme != theme.name:
        said = f"这个主题已按“{theme.round.theme}”建立评审轮次，评委和公布的名次都用这个名称，不能再改名"
        return [Problem("season.name_judged", said, "name")]
    return []
