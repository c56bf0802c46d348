"""The demo's service records, one in each state, with points in two passbooks and a dispute that waits."""

from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.entry_models import Entry
from registrations.states import ENTRY_IN
from seasons.models import PointEntry, ServiceRecord
from seasons.services import disputing, ladder, posting, prizing, recording, reviewing, themes
from tracks.models import Edition

THEME = {"code": "demo-march", "name": "三月：健康科普月", "industry": "医疗健康", "prized": True}
TITLES = ("社区科普课：看懂人工智能", "湿地里的算法", "老年人防诈骗课堂", "校园科普日", "红树林观鸟", "科技馆讲解")
# Each person's records.
STATES = (("passed", "passed", "submitted"), ("passed", "returned"), ("draft",))


def prepare(edition: Edition, people: list[User], contact: User, boss: User) -> None:
    """Make the records of as many people as STATES has, once."""
    opens, _ = ladder.season_of(edition)
    if opens is None or not ladder.rules_of(edition) or ServiceRecord.objects.exists():
        return
    before, day = clock.now(), datetime.combine(opens.astimezone(BEIJING).date(), datetime.min.time(), BEIJING)
    clock.set_now(day + timedelta(days=45))
    values = THEME | {"starts_at": day + timedelta(days=18), "ends_at": day + timedelta(days=49)}
    theme = themes.save(edition, values, by=boss)
    themes.publish(theme, by=boss)
    titles = iter(TITLES)
    for by, states in zip(people, STATES, strict=True):
        entry = Entry.objects.of(by).filter(edition=edition, state__in=ENTRY_IN).first()
        if entry is None:
            continue
        for number, state in enumerate(states):
            begins = day + timedelta(days=20 + 3 * number, hours=9)
            _record(entry, state, _typed(next(titles), begins, number) | {"season": theme}, by, contact)
    prizing.open_round(theme, by=boss)
    theme.refresh_from_db()
    prizing.fill(theme, by=boss)
    posting.post(edition)
    line = PointEntry.objects.filter(rule="hour").select_related("entry__edition").order_by("pk").last()
    if line:
        leader = line.entry.people.get(role="representative").user
        disputing.ask(line, "活动实际是三个小时，签到表上写着", by=leader)
    clock.set_now(before)


def _typed(title: str, begins: datetime, number: int) -> dict[str, Any]:
    return {
        "title": title, "activity": ("two_centres", "venues", "people_in_need")[number], "place": "龙岗区党群服务中心",
        "starts_at": begins, "ends_at": begins + timedelta(hours=2, minutes=30), "audience": (60, 240, 35)[number],
        "basis": "签到表", "links": ["https://example.org/report"], "hashtags": ["#AI科普大赛#"],
        "feedback": "现场提问踊跃，希望再办一次。",
    }  # fmt: skip


def _record(entry: Entry, state: str, values: dict[str, Any], by: User, contact: User) -> None:
    """Bring a draft to its state."""
    record = recording.save(recording.begin(entry, by=by), values, by=by)
    if state == "draft":
        return
    record = recording.submit(record, by=by)
    seen = reviewing.mark(record)
    if state == "passed":
        reviewing.pass_record(record, seen=seen, by=contact)
    elif state == "returned":
        reviewing.return_record(record, reason="签到表看不清，请重新上传", seen=seen, by=contact)
