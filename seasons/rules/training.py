"""Training: seats, codes on the screen, what counts as attendance, the quiz."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.problems import Problem

DIGITS = 6
STEPS_BACK = 1  # the code before the one on the screen is still taken
LONGEST = timedelta(hours=12)
# Who says it counts: a contact's word over the meeting tool's minutes, these over a code, which tells no duration.
TRUST = ("hand", "file", "code")


# --- Seats ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asking:
    """Somebody wants a seat in a course."""

    name: str
    course_open: bool  # published, and its theme announced
    entry_in: bool  # entered, or accepted, in this edition
    category: str  # the theme's; "" for none
    categories: tuple[str, ...]  # the entry's
    track: str  # the course's; "" for all
    entry_track: str
    over: bool  # the last session has ended


def check_seat(asking: Asking) -> list[Problem]:
    """Who may take part (G5): entrants of the theme's category, on the course's track; never for a fee."""
    if not asking.course_open:
        return [Problem("course.closed", "课程没有开放报名")]
    if asking.over:
        return [Problem("course.over", "课程已经全部上完，不能再报名")]
    if not asking.entry_in:
        return [Problem("enrolment.entry", "大赛报名还没有提交，或已退出、未通过。提交大赛报名后再来报课")]
    if asking.category and asking.category not in asking.categories:
        words = f"这门课属于 {asking.category} 类，您的报名里没有这个类别。要参加，请先在大赛报名里加上"
        return [Problem("enrolment.category", words)]
    if asking.track and asking.track != asking.entry_track:
        return [Problem("enrolment.track", "这门课只对另一条赛道开放，请选本赛道或不限赛道的课")]
    return []


# --- Sessions -------------------------------------------------------------------------------------------


def check_times(starts: datetime, ends: datetime) -> list[Problem]:
    """A session ends after it begins, on the same day or nearly."""
    if starts >= ends:
        return [Problem("session.dates", "结束应晚于开始，请对调或改正", "ends_at")]
    if ends - starts > LONGEST:
        return [Problem("session.long", "一次课不超过 12 小时，请核对日期；跨天的课请分成几次", "ends_at")]
    return []


# --- The code on the screen -----------------------------------------------------------------------------


def step_of(moment: datetime, step: int) -> int:
    """Which code stands on the screen: the number of steps since 1970."""
    return int(moment.timestamp()) // step


def code_of(secret: bytes, step: int) -> str:
    """Six digits for one step; who does not hold the secret cannot tell the next."""
    digest = hmac.digest(secret, b"%d" % step, "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**DIGITS:0{DIGITS}}"


@dataclass(frozen=True)
class Screen:
    """A session's codes: its secret, step in seconds, and half-open live window."""

    title: str
    secret: bytes
    step: int
    starts: datetime
    ends: datetime

    def shows(self, moment: datetime) -> str:
        """The code at a moment."""
        return code_of(self.secret, step_of(moment, self.step))

    def has_shown(self, code: str, moment: datetime) -> bool:
        """Whether it was a code of this session up to a moment."""
        last = step_of(min(moment, self.ends), self.step)
        steps = range(step_of(self.starts, self.step), last + 1)
        return any(hmac.compare_digest(code_of(self.secret, step), code) for step in steps)


def check_code(typed: str, screen: Screen, others: Sequence[Screen], moment: datetime) -> list[Problem]:
    """Whether a code says that somebody is there now; others: sessions whose codes might be taken for this one's."""
    code = "".join(sign for sign in typed if not sign.isspace() and sign != "-")
    if moment < screen.starts:
        return [Problem("code.early", "这次课还没有开始，开始后大屏幕上会出现签到码", "code")]
    if moment >= screen.ends:
        return [Problem("code.closed", "这次课已经结束，签到停止。确实到了课，请联系赛道联系人登记", "code")]
    if not (code.isascii() and code.isdecimal() and len(code) == DIGITS):
        return [Problem("code.form", "签到码是 6 位数字，请照大屏幕填写", "code")]
    now = step_of(moment, screen.step)
    if any(hmac.compare_digest(code_of(screen.secret, now - back), code) for back in range(STEPS_BACK + 1)):
        return []
    if screen.has_shown(code, moment):
        return [Problem("code.late", "这个签到码已经换过，请填大屏幕上现在的这一个", "code")]
    if other := next((other for other in others if other.has_shown(code, moment)), None):
        return [Problem("code.other", f"这是“{other.title}”的签到码，不是这次课的。请核对您在上哪一次课", "code")]
    return [Problem("code.wrong", "签到码不对，请照大屏幕重新填写", "code")]


# --- What counts ----------------------------------------------------------------------------------------


def minutes_of(told: Mapping[str, int], length: int) -> int:
    """Minutes that count of one person at one session; told: source → minutes."""
    for source in TRUST:
        if source in told:
            return min(told[source], length)
    return 0


# --- The quiz -------------------------------------------------------------------------------------------


def check_question(text: str, options: Sequence[str], right: Collection[int], *, multiple: bool) -> list[Problem]:
    """Two to eight different options, a right one among them."""
    problems = []
    if not text.strip():
        problems.append(Problem("question.text", "请写题目", "text"))
    if not 2 <= len(options) <= 8:
        problems.append(Problem("question.options", "选项要有 2–8 个，每行写一个", "options"))
    elif len(set(options)) != len(options):
        problems.append(Problem("question.same", "有两个选项相同，请改正", "options"))
    elif not right:
        problems.append(Problem("question.right", "请在正确选项的前面加 *", "options"))
    elif len(right) > 1 and not multiple:
        problems.append(Problem("question.multiple", "标了几个正确选项，请勾选“多选题”，或只留一个 *", "options"))
    return problems


def right_answers(questions: Mapping[int, Collection[int]], answers: Mapping[int, Collection[int]]) -> int:
    """How many questions are answered exactly: all right options and no other."""
    return sum(set(right) == set(answers.get(number, ())) for number, right in questions.items())


def check_try(done: int, allowed: int, unanswered: Sequence[int], *, passed: bool) -> list[Problem]:
    """Whether the quiz may be handed in; unanswered: numbers of questions as shown, from 1."""
    if passed:
        return [Problem("quiz.passed", "测验已经及格，不用再做")]
    if done >= allowed:
        return [Problem("quiz.tries", f"测验最多做 {allowed} 次，已经做完")]
    return [Problem("quiz.missing", f"第 {number} 题还没有选", f"q{number}") for number in unanswered]


def passes(right: int, total: int, percent: int) -> bool:
    """At or above the pass mark."""
    return total > 0 and right * 100 >= percent * total
