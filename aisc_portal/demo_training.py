"""The demo's training: a course with the demo's authors in it; at the bar's jump to 培训 its session is going on."""

from datetime import timedelta

from core import clock
from core.accounts.models import User
from registrations.entry_models import Member
from seasons.models import Course, Season
from seasons.services import courses, enrolling
from tracks.models import Edition

from .demo import jumps_of

LINK = "https://meeting.example.test/demo"
LENGTH = timedelta(minutes=90)
QUESTIONS = (
    ("AI 生成的科普内容，发布前要做什么？", "*对照可靠来源逐条核实\n直接发布\n只检查错别字", False),
    ("作品里用了 AI，要说明哪些？", "*用了什么工具\n*用在哪一步\n对方的手机号", True),
)


def prepare(edition: Edition, people: list[User], organiser: User) -> None:
    """One course of the first theme, once."""
    theme = Season.objects.filter(edition=edition, kind="training", category__code="A").first()
    begun = next((jump.moment for jump in jumps_of(edition) if jump.code == "train"), None)
    if theme is None or begun is None or Course.objects.filter(season=theme).exists():
        return
    before = clock.now()
    clock.set_now(begun - timedelta(days=3))
    told = {"name": "AI 科普作品创作入门", "teacher": "主讲人以通知为准", "summary": "从选题、脚本到成片，边学边做。"}
    course = courses.save_course(theme, told, by=organiser)
    for title, starts in (("第一讲：选题与脚本", begun), ("第二讲：图文与视频", begun + timedelta(days=2))):
        values = {"title": title, "starts_at": starts, "ends_at": starts + LENGTH, "link": LINK}
        courses.save_session(course, values, by=organiser)
    text = "选题要小，讲清一个问题。\n\n先写一句话：看完以后，观众知道了什么。"
    courses.save_material(course, {"title": "怎样选题", "text": text}, by=organiser)
    for words, options, multiple in QUESTIONS:
        asked = {"text": words, "options": options, "multiple": multiple}
        courses.save_question(course, asked, by=organiser)
    courses.publish_course(course, by=organiser)
    for member in Member.objects.here().filter(edition=edition, user__in=people).select_related("entry__track", "user"):
        if not enrolling.problems_of(course, member, clock.now()):
            enrolling.enrol(course, [member], by=member.user)
    clock.set_now(before)
