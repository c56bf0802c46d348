"""终审现场: how the hall may be set up, and what may follow what."""

from dataclasses import dataclass

from core.problems import Problem


@dataclass(frozen=True)
class Setup:
    """How one session is run."""

    kind: str  # of the round
    window: str = "team"  # a window a team, or "end": one for all at the end
    identity: str = "phone"  # phone, token, wechat
    choices_min: int = 1
    choices_max: int = 1
    pitch_seconds: int = 300
    questions_seconds: int = 180
    voting_seconds: int = 120
    wechat: bool = False  # whether the portal may ask WeChat who somebody is


def check_setup(setup: Setup) -> list[Problem]:
    """Sensible numbers, for a roadshow only."""
    found = []
    if setup.kind != "roadshow":
        found.append(Problem("session.kind", "只有路演轮次有现场"))
    if setup.identity == "wechat" and not setup.wechat:
        said = "没有配置公众号，不能按微信投票。请改用手机号或一次性纸质投票码，或请运维填写 WECHAT_APP_ID"
        found.append(Problem("identity.wechat", said, "identity"))
    if not 1 <= setup.choices_min <= setup.choices_max:
        found.append(Problem("choices.range", "至少选的队数要在 1 和至多选的队数之间", "choices_min"))
    for name, label in (("pitch_seconds", "路演"), ("questions_seconds", "答辩"), ("voting_seconds", "投票")):
        if not 10 <= getattr(setup, name) <= 3600:
            found.append(Problem("seconds.range", f"{label}时间要在 10 秒到 1 小时之间", name))
    return found


def check_phase(phase: str, session: str, round_: str) -> list[Problem]:
    """session, round_: their states. The reveal needs frozen results, everything else a hall that is open."""
    if phase == "reveal":
        if session != "ended":
            return [Problem("reveal.early", "先结束现场并封存评分，再揭晓")]
        if round_ not in ("locked", "published"):
            return [Problem("reveal.early", "先封存评分，生成排名快照，再揭晓")]
        return []
    if session != "live":
        return [Problem("session.not_live", "现场没有在进行，请先开场")]
    return []
