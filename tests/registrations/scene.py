"""The 推荐表 of `look/clerk.html`: 18 rows submitted, 8 drafts; one is wrong, one asks, one is beyond the places."""

from registrations.models import RecommendationRow
from tests.registrations import build

TAIL = "科技志愿服务分队"
DRAFTS = (  # name, team or slot, organisation, last digits of the phone, categories
    ("印璐", "始兴县职业技术学校", "", "019", "C"),
    ("刘丹", "", "联软信息有限公司", "020", "AC"),
    ("王莹", "始兴县人民医院科技志愿服务支队", "", "021", "C"),
    ("郭帆", "始兴县融媒体中心", "", "022", "B"),
    ("戴欢", "始兴县林场", "", "019", "A"),
    ("李娜", "始兴县农技推广中心", "", "024", "ABC"),
    ("郭桂兰", "始兴县城南中学", "", "025", "C"),
    ("吴静", "", "国讯传媒有限公司", "026", "A"),
)


def fill(desk: build.Desk, submitted: int = 18) -> list[RecommendationRow]:
    """Make the rows; gives the drafts."""
    done = [desk.row(phone=f"13800138{number:03}") for number in range(1, submitted + 1)]
    if done:
        desk.submit(*done)
    return [
        desk.row(name=name, team_name=team, organisation=organisation, phone=f"13800138{end}", categories=list(chosen))
        for name, team, organisation, end, chosen in DRAFTS
    ]
