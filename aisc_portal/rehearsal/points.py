"""Seven months of the points season: records, verdicts, points, disputes, a theme's prizes, the freeze."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from core import clock
from core.accounts.models import User
from core.clock import BEIJING
from registrations.entry_models import Entry
from registrations.services import entering
from seasons.models import Dispute, PointEntry, PointSnapshot, Season, ServiceRecord
from seasons.rules.points import plain
from seasons.services import disputing, freezing, granting, posting, recording, reviewing, standings, themes
from seasons.services.record_facts import RecordFacts

from . import prizes
from .entries import representative
from .scene import Scene

FIELDS = ("医疗健康", "农业科技", "应急安全", "绿色环保", "人工智能", "海洋科学", "航空航天")
MOST, SHARE = 120, 0.3  # entries that serve in a month
KINDS = ("two_centres", "venues", "people_in_need", "online")
AUDIENCES = (15, 60, 120, 240, 1200)
VERDICTS = {"return": 0.1, "reject": 0.05, "pass": 1.0}
LEVELS = ("first", "second", "third")
DISPUTED, HOLDS = 6, 3  # of a month's lines; every so manieth dispute holds
FROZEN_BY = "演练：按期冻结"


def month(scene: Scene) -> None:
    """A theme is announced; some entries serve, hand in and are judged; points come; lines are disputed."""
    now, chance = clock.now(), Random(f"{scene.count} {clock.now():%Y-%m}")  # noqa: S311  # not a secret
    theme = _theme(scene, now)
    found = Entry.objects.in_contest().filter(edition=scene.edition)
    entries = scene.lend(found.select_related("track", "row").order_by("pk"))
    serving = chance.sample(entries, min(len(entries), MOST, max(2, int(len(entries) * SHARE))))
    scene.each(serving, lambda entry: _serve(scene, entry, theme, now))
    _wrong(scene, serving[0], now)
    _review(scene)
    scene.deliver()
    if Season.objects.filter(edition=scene.edition, kind="points", from_file=False).count() == 1:
        prizes.judge(scene, theme, chance)
    else:
        _prizes(scene, theme, serving)
    scene.deliver()
    _dispute(scene, chance)
    scene.expect(posting.post(scene.edition) == 0, "再入账一次，竟又多了账目")


def _theme(scene: Scene, now: datetime) -> Season:
    number = Season.objects.filter(edition=scene.edition, kind="points", from_file=False).count()
    begins = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    values = {"code": f"month-{now:%m}", "name": f"{FIELDS[number % 7]}科普月", "industry": FIELDS[number % 7]}
    theme = themes.save(scene.edition, values | {"starts_at": begins, "prized": True}, by=scene.organiser)
    themes.publish(theme, by=scene.organiser)
    return theme


def _serve(scene: Scene, entry: Entry, theme: Season, now: datetime) -> None:
    by = representative(entry)
    with scene.accepted(entry):
        record = recording.begin(entry, by=by)
        served = {m.pk: None for m in entry.people.participants()}
        recording.save(record, _typed(theme, now, scene.people.chance) | {"served": served}, by=by)
        recording.submit(record, by=by)
        scene.counts["records"] += 1


def _typed(theme: Season, now: datetime, chance: Random) -> dict[str, Any]:
    begins = now.astimezone(BEIJING).replace(hour=9, minute=0, second=0, microsecond=0)
    begins -= timedelta(days=chance.randrange(1, 18))
    return {
        "title": f"{theme.industry}科普课", "activity": chance.choice(KINDS), "place": "党群服务中心",
        "starts_at": begins, "ends_at": begins + timedelta(minutes=chance.choice((60, 90, 150, 240))),
        "audience": chance.choice(AUDIENCES), "basis": "签到表", "links": ["https://example.org/service"],
        "hashtags": ["# ai科普大赛"], "season": theme,
    }  # fmt: skip


def _wrong(scene: Scene, entry: Entry, now: datetime) -> None:
    """What is refused: two places at once, an address that is none, more than a day, before the entry."""
    by, first = representative(entry), entry.services.filter(state="submitted").order_by("-pk").first()
    if first is None:
        return
    record = recording.begin(entry, by=by)
    served = {m.pk: None for m in entry.people.participants()}
    values = {"title": "另一处", "activity": "venues", "place": "科技馆", "audience": 9000, "basis": "估计",
              "starts_at": first.starts_at, "ends_at": first.ends_at, "links": ["https://example.org/x"],
              "served": served}  # fmt: skip
    record = recording.save(record, values, by=by)
    flags = {flag.code for flag in RecordFacts(record).flags()}
    scene.expect("record.audience_absurd" in flags, f"记录 {record.pk}：受众 9000 人没有提示")
    scene.refused({"record.overlap"}, recording.submit, record, by=by)
    recording.save(record, {"links": ["javascript:alert(1)"]}, by=by)
    scene.refused({"record.link"}, recording.submit, record, by=by)
    longer = {
        "links": ["https://example.org/x"],
        "ends_at": record.starts_at and record.starts_at + timedelta(hours=30),
    }
    recording.save(record, longer, by=by)
    scene.refused({"record.over_a_day", "record.over_the_day"}, recording.submit, record, by=by)
    early = datetime(2024, 11, 1, 9, tzinfo=BEIJING)
    recording.save(record, {"starts_at": early, "ends_at": early + timedelta(hours=1)}, by=by)
    scene.refused({"record.before_entry", "record.before_season"}, recording.submit, record, by=by)
    recording.withdraw(record, by=by)


def _review(scene: Scene, *, last: bool = False) -> None:
    """Each contact judges what waits on their track, and sees nothing else. last: nothing can be mended any more."""
    records: list[ServiceRecord] = []
    for track, contact in scene.contacts.items():
        waiting = ServiceRecord.objects.reviewed_by(contact).filter(state="submitted")
        strange = waiting.exclude(entry__track=track).count()
        scene.expect(not strange, f"{contact} 看得到别的赛道的 {strange} 条服务记录")
        records += waiting.select_related("entry__track", "entry__row").order_by("entry", "starts_at")
    scene.each(records, partial(_judge, scene, last))


def _judge(scene: Scene, last: bool, record: ServiceRecord) -> None:
    with scene.accepted(record):
        _decide(scene, record, scene.contacts[record.entry.track], 1.0 if last else scene.people.chance.random())


def _decide(scene: Scene, record: ServiceRecord, contact: User, roll: float) -> None:
    seen = reviewing.mark(record)
    if roll < VERDICTS["reject"]:
        reviewing.reject_record(record, reason="与主办方核对不符", seen=seen, by=contact)
    elif roll < VERDICTS["return"] + VERDICTS["reject"] and record.correct_until is None:
        reviewing.return_record(record, reason="签到表看不清", seen=seen, by=contact)
        by = representative(record.entry)
        record = recording.save(record, {"basis": "签到表，已重新拍照"}, by=by)
        record = recording.submit(record, by=by)
        reviewing.pass_record(record, seen=reviewing.mark(record), by=contact)
        scene.counts["records.corrected"] += 1
    else:
        reviewing.pass_record(record, seen=seen, by=contact)


def _prizes(scene: Scene, theme: Season, serving: list[Entry]) -> None:
    for entry, level in zip(serving, LEVELS, strict=False):
        with scene.accepted(entry):
            granting.award_prize(entry, theme, level, reason=f"{theme}月赛", by=scene.organiser)
    twice = {"points.prize_twice"}
    scene.refused(twice, granting.award_prize, serving[0], theme, "second", reason="又一个", by=scene.organiser)


def _dispute(scene: Scene, chance: Random) -> None:
    """Some lines of this month are disputed; of those every third was wrong and is taken back."""
    today = clock.now() - timedelta(days=1)  # older lines may be past the term for disputes
    lines = PointEntry.objects.standing().filter(fact__kind="service", rule="hour", disputes=None, posted_at__gte=today)
    recent = list(lines.select_related("entry__edition", "entry__track", "fact__record").order_by("-entry", "-pk")[:40])
    for number, line in enumerate(chance.sample(recent, min(len(recent), DISPUTED))):
        with scene.accepted(line):
            asked = disputing.ask(line, "时长少计了", by=representative(line.entry))
            words = "已核对签到表"
            disputing.answer(asked, words, correct=number % HOLDS == 0, by=scene.contacts[line.entry.track])


def finish(scene: Scene) -> None:
    """What still waits is judged, an entry leaves, the rules are looked at again, and the organiser freezes."""
    _review(scene, last=True)
    scene.deliver()
    leaving = standings.ladder(scene.edition).last()
    if leaving:
        before = standings.ladder(scene.edition).count()
        entering.withdraw_entry(leaving.entry, by=scene.organiser, reason="演练：退出")
        after = standings.ladder(scene.edition).count()
        scene.expect(after == before - 1, f"退出以后榜上应少一份，实为 {before} → {after}")
    again = posting.preview(scene.edition)
    if again.count:  # a line taken back leaves room under a cap
        posting.repost(scene.edition, sha256=again.sha256, reason="年终核对", by=scene.organiser)
    scene.expect(posting.preview(scene.edition).count == 0, "更正以后仍与规则不同")
    with scene.accepted("冻结积分"):
        freezing.freeze(scene.edition, reason=FROZEN_BY, by=scene.organiser)
    scene.refused({"points.frozen"}, posting.post, scene.edition)
    scene.deliver()
    snapshot = PointSnapshot.objects.get(edition=scene.edition)
    scene.expect(snapshot.entries == standings.ladder(scene.edition).count(), "快照与积分榜的份数不同")


def totals(scene: Scene) -> dict[str, Any]:
    """What the summary tells."""
    records = Counter(ServiceRecord.objects.filter(edition=scene.edition).values_list("state", flat=True))
    disputes = Counter(Dispute.objects.values_list("state", flat=True))
    top = standings.top(scene.edition)
    snapshot = PointSnapshot.objects.filter(edition=scene.edition).first()
    return {
        "records": {state: records[state] for state in ("passed", "returned", "rejected", "submitted", "withdrawn")},
        "lines": PointEntry.objects.count(),
        "prizes_judged": scene.counts["prizes.judged"],
        "reversals": PointEntry.objects.exclude(reverses=None).count(),
        "disputes": {state: disputes[state] for state in ("kept", "corrected", "asked")},
        "ranked": standings.ladder(scene.edition).count(),
        "top": [f"{place.rank} {plain(place.standing.points)}" for place in top[:5]],
        "top_100": len(top),
        "undecided": snapshot.undecided if snapshot else 0,
        "snapshot": snapshot.sha256[:12] if snapshot else "",
    }
