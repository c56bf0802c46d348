"""When a work may be begun, changed, handed in; and what its AI declaration must say (practice 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.problems import Problem
from tracks.rulebook import Window
from tracks.rulebook.works import AIPolicy

from .places import check_window

EDITABLE = ("draft", "submitted", "returned", "passed")
TEXT_MAX = 20_000  # characters of one field that are kept; what an edition allows is less
AI_TEXT_MAX = 2000

# What the edition may ask about the use of AI: code → label, hint.
AI_FIELDS: Mapping[str, tuple[str, str]] = {
    "tool": ("AI 工具", "用了哪些工具，逐个写出名称"),
    "version": ("工具版本", "如模型或软件的版本号；不清楚的写使用日期"),
    "provider": ("工具提供者", "如开发公司或平台名称"),
    "stage": ("使用环节", "如选题、文案、配图、配音、剪辑、编程"),
    "use": ("怎样使用", "AI 做了什么，您自己做了什么"),
    "share": ("AI 生成内容占比（%）", "估计占整件作品的百分之几，填 0 到 100 的整数"),
    "prompts": ("主要提示词", "最重要的几条提示词"),
    "human_edits": ("人工修改", "对 AI 生成的内容改了哪些地方"),
    "fact_check": ("事实核查", "怎样核对内容的科学性，依据哪些资料"),
    "direct": ("有没有直接采用 AI 生成的内容", "直接采用：未经自己创作和修改，原样放进作品"),
}
DIRECT = ("没有", "有")


@dataclass(frozen=True)
class Standing:
    """What decides whether a work may change: its state and its entry's, and its bounds."""

    state: str
    entry: str  # the entry's state
    window: Window  # of handing in, later where a contact opened it
    correct_until: datetime | None  # exclusive; of a returned work
    grace: timedelta  # what was announced in time may finish so much later

    @property
    def closes(self) -> datetime | None:
        """The exclusive bound that holds for it."""
        bounds = [self.window.closes] + ([self.correct_until] if self.state == "returned" else [])
        return max((bound for bound in bounds if bound), default=None)

    def in_grace(self, now: datetime) -> bool:
        """After the bound, within the published minutes."""
        return self.closes is not None and self.closes <= now < self.closes + self.grace


def date_to_keep(window: Window, correct_until: datetime | None, now: datetime) -> datetime | None:
    """What pages name: a returned work's own date while it is ahead; the contact may decide after it (Q32)."""
    return correct_until if correct_until and now < correct_until else window.closes


def check_changing(standing: Standing, now: datetime) -> list[Problem]:
    """Why a work cannot be changed now; nothing when it can."""
    if standing.entry not in ("entered", "accepted"):
        return [Problem("work.entry", "报名提交之后才能填写作品；已退出或未通过的报名不能再填")]
    if standing.state not in EDITABLE:
        said = {"withdrawn": "作品已撤回，恢复为草稿后才能修改", "rejected": "作品审核没有通过，不能再改"}
        return [Problem("work.closed", said[standing.state])]
    if standing.state == "returned" and standing.correct_until and now < standing.correct_until:
        return []
    return check_window(standing.window, now)


def check_upload(standing: Standing, announced: datetime, now: datetime) -> list[Problem]:
    """Whether a file may still come in: announced (size and SHA-256) before the deadline, it has the grace."""
    late = check_changing(standing, now)
    if not late or (not check_changing(standing, announced) and standing.in_grace(now)):
        return []
    return late


def check_submitting(standing: Standing, now: datetime, *, arrived_in_grace: bool) -> list[Problem]:
    """Whether it may be handed in now. arrived_in_grace: a file of it, announced in time, came in after the bound."""
    problems = [] if standing.entry == "accepted" else [_NOT_ACCEPTED]
    late = check_changing(standing, now)
    return problems + ([] if arrived_in_grace and standing.in_grace(now) else late)


_NOT_ACCEPTED = Problem("work.not_accepted", "报名的参赛资格通过审核后才能提交作品，可以先填好、传好")


def check_topic(handed_in: int, limit: int | None) -> list[Problem]:
    """How many works of one topic a person may be in, those of other teams included (N21)."""
    if limit is None or handed_in < limit:
        return []
    return [topic_taken(limit)]


def topic_taken(limit: int) -> Problem:
    """Somebody of the team is in another work of the same topic."""
    said = f"队里有人已经参加了同一主题的另一件作品，每人每个主题限 {limit} 件。请先撤回那一件，或调整队员"
    return Problem("work.topic_taken", said)


def check_answered(*, unchanged: bool, returned: bool, reply: str) -> list[Problem]:
    """Handing in the same again says nothing new; a returned work comes back mended, or with a word."""
    if not unchanged or (returned and reply.strip()):
        return []
    if returned:
        said = "退回后作品还没有改过。请照退回理由修改；不用改的，请在“补正说明”里写明原因"
        return [Problem("work.not_corrected", said, "reply")]
    return [Problem("work.unchanged", "内容和上次提交的完全相同，不用再提交")]


# --- AI ---------------------------------------------------------------------------------------------------


def asked_of_ai(policy: AIPolicy) -> list[str]:
    """The codes that the declaration asks for under this policy, in the edition's order."""
    codes: list[str] = list(policy.declaration)
    if policy.policy == "cap" and "share" not in codes:
        codes.append("share")
    if policy.policy == "forbid_direct":
        codes += [code for code in ("human_edits", "direct") if code not in codes]
    return codes


def required_of_ai(policy: AIPolicy) -> set[str]:
    """Those that must be filled in: none while AI is merely encouraged."""
    return set() if policy.policy == "encourage" else set(asked_of_ai(policy))


def check_ai(policy: AIPolicy, used: bool | None, said: Mapping[str, str]) -> list[Problem]:
    """The declaration of one work; each problem at `ai_used` or `ai_<code>`."""
    if used is None:
        return [Problem("ai.unsaid", "请选择这件作品有没有使用 AI", "ai_used")]
    if not used:
        return []
    required = required_of_ai(policy)
    problems = []
    for code in asked_of_ai(policy):
        label, value = AI_FIELDS[code][0], said.get(code, "").strip()
        if not value and code in required:
            problems.append(Problem("ai.required", f"请填写“{label}”", f"ai_{code}"))
        elif len(value) > AI_TEXT_MAX:
            over = len(value) - AI_TEXT_MAX
            problems.append(Problem("ai.long", f"“{label}”超出 {over} 个字，最多 {AI_TEXT_MAX} 个字", f"ai_{code}"))
        elif value and code == "share":
            problems += _check_share(policy, value)
        elif code == "direct" and value == DIRECT[1]:
            words = "本届不接受直接采用 AI 生成的内容。请换成自己创作的内容，再改选“没有”"
            problems.append(Problem("ai.direct", words, "ai_direct"))
    return problems


def _check_share(policy: AIPolicy, value: str) -> list[Problem]:
    if not (value.isascii() and value.isdecimal() and int(value) <= 100):
        return [Problem("ai.share", "占比请填 0 到 100 的整数，不带百分号", "ai_share")]
    if policy.share_max_percent is not None and int(value) > policy.share_max_percent:
        most = policy.share_max_percent
        words = f"AI 生成内容不得超过 {most}%，现在填的是 {value}%。请减少 AI 生成的部分"
        return [Problem("ai.share_max", words, "ai_share")]
    return []
