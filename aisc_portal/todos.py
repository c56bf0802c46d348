"""“现在该做什么”: what each kind of visitor does at a moment, or why there is nothing to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracks.channels import RECOMMEND, REGISTER, Channel, State, channels, span_of, state_of
from tracks.models import Milestone
from tracks.rulebook import Rulebook, Window
from tracks.wording import date_only, day, end, instant, last_instant

from .stages import Stage

LINKS = {
    "schedule": "看赛程",
    "tracks": "看参赛条件",
    "quota": "看名额与队名",
    "desk": "进入推荐表",
    "enter": "去报名",
    "training": "看培训课程",
    "leaderboard": "看积分榜",
    "publicity": "看获奖公示",
    "rankings": "看评审公示",
    "certificates": "下载证书",
    "verify": "查验证书",
    "wall": "看获奖作品",
}
IDLE = "暂不用操作"


@dataclass(frozen=True)
class Todo:
    """One visitor's card. tone: the tag's colour; now: there is something to do today."""

    who: str
    icon: str
    text: str
    link: str  # url name, one of LINKS
    tag: str = IDLE
    tone: str = ""
    now: bool = False

    @property
    def link_text(self) -> str:
        """What the link says."""
        return LINKS[self.link]


@dataclass(frozen=True)
class Moment:
    """The channels and the spans of the later actions, as they stand."""

    recommend: Channel
    register: Channel | None
    spans: dict[str, Window]
    now: datetime
    scan: bool  # the stamped scan is required (Q31)
    stage: Stage

    def state(self, action: str) -> State:
        """Where the contest stands with an action."""
        return state_of(self.spans[action], self.now)


WAITING = "公示期已满，不再受理异议。异议都答复以后名单生效，在此以前请不要对外宣布。"  # no window is open any more


def todos(rulebook: Rulebook, calendar: Sequence[Milestone], at_stage: Stage) -> list[Todo]:
    """推荐单位, 参赛者, 评委, 公众."""
    now = at_stage.now
    ways = {way.action: way for way in channels(rulebook, calendar, now)}
    spans = {action: span_of(action, rulebook, calendar) for action in ("train", "serve", "review", "final")}
    scan = rulebook.recommendation.stamped_scan_required
    at = Moment(ways[RECOMMEND], ways.get(REGISTER), spans, now, scan, at_stage)
    return [_unit(at), _participant(at), _judge(at), _public(at)]


def _unit(at: Moment) -> Todo:
    who, icon, window = "推荐单位", "stamp", at.recommend.window
    match at.stage.code:
        case "serve":
            text = "本单位的队伍可以攒积分了：登录看各队进度，登记服务场所、发布到场需求。"
            return Todo(who, icon, text, "desk", "积分赛季进行中", "ok", now=True)
        case "served" | "final" | "judged":
            return Todo(who, icon, "看本单位哪些作品入围终审，请通知队伍按组委会的安排到场。", "rankings", "终审阶段")
        case "publicity":
            text = "请核对本单位获奖者的姓名和单位全称，有误或有异议的，在公示期内提出，单位须盖章。"
            return _objecting_to(at, who, icon, text)
        case "over":
            return Todo(
                who, icon, "名单已生效。登录后可以成批下载本单位的证书。", "desk", "可以下载证书", "ok", now=True
            )
    match at.recommend.state:
        case "open":
            steps = "填推荐表，打印盖章，再上传扫描件。" if at.scan else "填推荐表，逐行提交。"
            text = f"{steps}没有邀请链接，请联系所属赛道的联系人。"
            return Todo(who, icon, text, "desk", _closing(at.recommend), "wait", now=True)
        case "coming" if window.opens:
            return Todo(who, icon, f"推荐报送 {instant(window.opens)}开放。先看本单位有几个名额、队名怎么取。", "quota")
        case "closed" if window.closes:
            text = f"推荐报送已于 {end(window.closes)} 截止。被退回补正的行，请在补正期限前改好再交。"
            return Todo(who, icon, text, "desk", "已截止")
    return Todo(who, icon, "推荐报送的日期还没有定，定了会写在这里。", "quota")


def _participant(at: Moment) -> Todo:
    who, icon, own = "参赛者", "person", at.register
    opening = own.window.opens if own and own.state == "coming" else None
    if own and own.state == "open":
        text = "没有被单位推荐的个人和团队，现在自主报名。已被单位推荐的，用认领码认领名额。"
        return Todo(who, icon, text, "enter", _closing(own), "wait", now=True)
    if at.recommend.state == "open":
        text = "想由单位推荐：请在截止前联系所在单位或当地科协。"
        text += f"没有单位推荐：等 {day(opening)}自主报名开放。" if opening else ""
        return Todo(who, icon, text, "tracks", "可以联系推荐单位", "now", now=True)
    if opening:
        text = f"自主报名 {day(opening)}开放，先看符合哪条参赛条件。"
        return Todo(who, icon, text, "tracks", f"{date_only(opening)}开放")
    match at.stage.code:
        case "over":
            return Todo(
                who,
                icon,
                "名单已生效。获奖的个人和团队登录后下载证书。",
                "certificates",
                "可以下载证书",
                "ok",
                now=True,
            )
        case "publicity":
            text = "核对姓名、单位和作品名。对名单有异议的，在公示期内用真实姓名提出。"
            return _objecting_to(at, who, icon, text)
        case "judged":
            return Todo(who, icon, "终审已结束，获奖名单以公示为准。", "publicity", "等待公示")
        case "final":
            text = "入围者参加路演，时间和地点以组委会通知为准。"
            return Todo(who, icon, text, "schedule", "终审阶段", "now")
        case "served":
            return Todo(
                who, icon, "积分赛季已结束，作品正在评审。入围终审的名单在评审公示里公布。", "rankings", "等待入围名单"
            )
        case "serve":
            text = "积分赛季每月一个主题，自愿参加；作品在赛季结束前完成。"
            return Todo(who, icon, text, "leaderboard", "积分赛季进行中", "ok", now=True)
    if at.state("train") == "open":
        text = "确认名单后统一培训，按主题线上共学；看培训情况推荐作品参赛。"
        return Todo(who, icon, text, "training", "培训进行中", "ok", now=True)
    if at.recommend.state == "closed":
        return Todo(who, icon, "报名已截止，接下来的安排见赛程。", "schedule", "报名已截止")
    return Todo(who, icon, "报名还没有开始，先看符合哪条参赛条件。", "tracks")


def _judge(at: Moment) -> Todo:
    who, icon = "评委", "scales"
    if at.stage.code in ("publicity", "over", "judged"):
        text = "本届评审已结束，感谢各位评委。公布的排名和匿名评分任何人都可以重新计算。"
        return Todo(who, icon, text, "rankings", "评审已结束")
    if at.state("review") == "open" or at.state("final") == "open":
        text = "请用短信或邮件里的链接登录，先看保密与回避要求。"
        return Todo(who, icon, text, "schedule", "评审阶段", "now", now=True)
    text = "作品交齐后才开始评审，届时用短信或邮件里的链接登录，先看保密与回避要求。"
    return Todo(who, icon, text, "schedule")


def _public(at: Moment) -> Todo:
    who, icon, season = "公众", "eye", at.spans["serve"].opens
    match at.stage.code:
        case "over":
            return Todo(
                who, icon, "获奖作品可以在作品展里观看，证书的真伪可以查验。", "wall", "作品展已开放", "ok", now=True
            )
        case "publicity":
            text = "获奖名单正在公示。对名单有异议的，在公示期内用真实姓名提出，写明依据。"
            return _objecting_to(at, who, icon, text)
        case "judged":
            return Todo(who, icon, "终审已结束，获奖名单公示后在这里可以查看。", "publicity", "等待公示")
        case "final":
            return Todo(
                who,
                icon,
                "终审路演由专家和大众评分，到现场的观众扫大屏幕上的二维码投票。",
                "schedule",
                "终审阶段",
                "now",
            )
        case "serve" | "served":
            text = "看谁在做科普服务：积分榜可以按姓名、队名或拼音查。"
            return Todo(who, icon, text, "leaderboard", "积分榜已开放", "ok", now=at.stage.code == "serve")
    if at.state("serve") == "coming" and season:
        text = f"可以先看三条赛道和赛程。积分赛季 {day(season)}开始。"
        return Todo(who, icon, text, "schedule", "作品展待开放")
    return Todo(who, icon, "积分赛季和终审的日期见赛程，作品展开放后可以在这里观看。", "schedule", "作品展待开放")


def _objecting_to(at: Moment, who: str, icon: str, text: str) -> Todo:
    """While a list is announced: what may be objected; afterwards nobody is asked to."""
    if at.stage.turn is None:
        return Todo(who, icon, WAITING, "publicity", "公示期满", "wait", now=False)
    days = (last_instant(at.stage.turn.until).date() - at.now.date()).days
    closing = f"{days} 天后公示截止" if days else "公示今天截止"
    return Todo(who, icon, text, "publicity", closing, "wait", now=True)


def _closing(way: Channel) -> str:
    """5 天后截止; 今天截止 on the last day."""
    if way.bound is None:
        return "开放中"
    days = (last_instant(way.bound).date() - way.now.date()).days
    return f"{days} 天后截止" if days else "今天截止"
