"""认领: who may take a recommended row's place, and when a recommendation joins an entry (G18, Q8)."""

from dataclasses import dataclass

from core.problems import Problem


@dataclass(frozen=True)
class Claimed:
    """A recommended row, as far as its claimant must fit it."""

    state: str
    phone: str  # E.164
    shown_phone: str  # masked
    name: str  # normal
    unit: str  # who recommended


@dataclass(frozen=True)
class Claimant:
    """The account that claims."""

    phone: str  # E.164; "" for none
    name: str  # normal


def check_claimant(row: Claimed, person: Claimant) -> list[Problem]:
    """The place is for the person whose phone and name the unit wrote down; each refusal says how to put it right."""
    if row.state != "approved":
        return [Problem("claim.not_approved", f"这个推荐名额现在不能认领（已撤回或还在审核），请联系{row.unit}")]
    if person.phone != row.phone:
        words = (
            f"推荐表上登记的手机号是 {row.shown_phone}，与您的账号不同。请用那个手机号登录，或在“我的账号”里绑定它；"
        )
        return [Problem("claim.phone", f"{words}登记错了的，请联系{row.unit}更正")]
    if person.name != row.name:
        words = f"推荐表上的姓名与您账号的姓名“{person.name}”不同。账号姓名写错了，请在“我的账号”里改正；"
        return [Problem("claim.name", f"{words}推荐表写错了，请联系{row.unit}更正")]
    return []


def check_attachment(same_track: bool, same_kind: bool, track: str) -> list[Problem]:
    """May the recommendation join the open entry that the person has already?"""
    if not same_track:
        words = (
            f"推荐您参加的是{track}，而您自主报名的是另一条赛道，一人只能报一条。要用推荐名额，请先退出自主报名再认领"
        )
        return [Problem("claim.track", words)]
    if not same_kind:
        words = "推荐的参赛形式（个人或团队）与您自主报名的不同。请先在报名信息里改成一致，再认领"
        return [Problem("claim.kind", words)]
    return []
