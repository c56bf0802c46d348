"""Works: filled in, handed in, replaced, taken back; passed, returned, refused; and what is too late."""

import io
from collections import Counter
from typing import Any

from django.db.models import Sum

from core import clock
from core.accounts.models import User
from core.files.derived.making import derive
from core.files.derived.models import Derivation
from core.files.inspection.checking import check, remember
from core.files.models import StoredFile
from core.files.services import keep
from core.prepared import Prepared
from core.states import move_all
from registrations.entry_models import Entry
from registrations.services import work_files, work_verdicts, works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import Work, WorkFile, WorkVersion

from .entries import AGAIN, EXCUSE, MORE_TIME, representative
from .media import Pool
from .scene import Scene

# What is handed in for a category: material → types of its files.
FILES = {
    "A": (("images", "png"), ("images", "png")),
    "B": (("app_code", "png"), ("demo", "mp4"), ("source_archive", "zip")),
    "C": (("course", "pdf"), ("slides", "pptx")),
}
FILMS = 0.2  # of the A works are a film
TEXTS = {
    "description": "讲清楚一个科学问题，请看作品里的画面和说明，适合中小学生和社区居民观看。" * 2,
    "app_state": "体验版",
    "app_id": "wx0123456789abcdef",
    "privacy_note": "本小程序不收集个人信息，不需要登录，也不保存任何记录。",
    "audience": "小学",
    "place": "科普基地",
    "duration": "90",
}
MORE = 0.25  # of the further categories of an entry
ENDS = {"empty": 0.05, "wrong": 0.1, "later": 0.1, "withdraw": 0.02, "submit": 1.0}
VERDICTS = {"reject": 0.03, "return": 0.12, "pass": 1.0}
REPLACED, MENDED = 0.1, 0.8  # shares
FEW = 5
WORDS, OVER = "画面里有单位名称，请处理后重新提交", "补正期内没有补正"
LIMIT = 10**7
_WORK = Prepared(1, lambda work: Work.objects.select_related("entry__track", "current").filter(pk=work))


def begin(scene: Scene) -> None:
    """Most entries that were accepted hand in a work, some more than one; some have it wrong at first."""
    pool, entries = Pool(), _accepted(scene)
    for entry in scene.lend(Entry.objects.filter(state="entered").select_related("track").order_by("pk")[:FEW]):
        with scene.accepted(entry):
            work = _fill(scene, pool, entry, entry.categories[0])
            codes = {problem.code for problem in WorkDossier(_fresh(work)).problems()}
            scene.expect(codes == {"work.not_accepted"}, f"作品 {work.pk}：资格未通过却因 {codes} 不能提交")
    ends = dict(zip(entries, scene.people.deal(len(entries), ENDS), strict=True))

    def hand_in(entry: Entry) -> None:
        more = [category for category in entry.categories[1:] if scene.people.some(MORE)]
        for category in [entry.categories[0], *more]:
            with scene.accepted(entry):
                _hand_in(scene, pool, entry, category, ends[entry])

    while pool.fresh and entries:
        scene.each([entries.pop(0)], hand_in)
    scene.each(entries, hand_in)
    # No job makes the previews of copies; all are settled at once instead of one by one.
    copies = list(Derivation.objects.filter(state="waiting", original__work_files__isnull=False))
    move_all(copies, "begin")
    move_all(copies, "finish")


def _hand_in(scene: Scene, pool: Pool, entry: Entry, category: str, end: str) -> None:
    by = representative(entry)
    if end == "empty":
        work = works.begin_work(entry, category, by=by)
        codes = {problem.code for problem in WorkDossier(work).problems()}
        scene.refused(codes, works.submit_work, work, by=by, seen=_seen(work))
        return
    work = _fill(scene, pool, entry, category)
    if end == "wrong":
        works.save_work(work, {"title": "短" * 61}, by=by)
        scene.refused({"material.characters"}, works.submit_work, work, by=by, seen=_seen(work))
        scene.refused({"work.changed_meanwhile"}, works.submit_work, work, by=by, seen="0" * 64)
        works.save_work(work, {"title": _title(scene)}, by=by)
    if end == "later":
        return
    works.submit_work(work, by=by, seen=_seen(work))
    if scene.people.some(AGAIN):
        scene.refused({"work.unchanged"}, works.submit_work, work, by=by, seen=_seen(work))
    if scene.people.some(REPLACED):
        works.save_work(work, {"title": _title(scene)}, by=by)
        works.submit_work(work, by=by, seen=_seen(work))
    if end == "withdraw":
        works.withdraw_work(work, by=by, reason="不参加了")


def _fill(scene: Scene, pool: Pool, entry: Entry, category: str) -> Work:
    """Everything that this category asks for."""
    by = representative(entry)
    work = works.begin_work(entry, category, by=by)
    if scene.people.some(AGAIN):
        scene.refused({"work.twice"}, works.begin_work, entry, category, by=by)
    typed = {m.code for m in WorkDossier(work).texts}
    values: dict[str, Any] = {code: said for code, said in TEXTS.items() if code in typed}
    values |= {"title": _title(scene), "app_name": "科普小程序", "ai_used": scene.people.some(0.7)}
    values |= {"ai_tool": "示例文生图工具", "ai_stage": "配图", "ai_use": "生成初稿，人工修改"}
    works.save_work(work, {code: said for code, said in values.items() if code in typed or "ai" in code[:2]}, by=by)
    files = (("video", "mp4"),) if category == "A" and scene.people.some(FILMS) else FILES[category]
    for material, extension in files:
        _put(scene, pool, work, material, extension, by)
    return work


def _put(scene: Scene, pool: Pool, work: Work, material: str, extension: str, by: User) -> WorkFile:
    scene.counts["files"] += 1
    scene.counts[f"files.{extension}"] += 1
    sample = pool[extension]
    data = io.BytesIO(sample.copy(scene.people.chance.getrandbits(36)))
    stored = keep(data, name=f"作品{work.entry_id:05d}.{extension}", owner=by, limit=LIMIT)
    file = work_files.add_file(work, material, stored, by=by)
    if pool.whole(extension):
        check(stored)
        derive(stored)  # now, so that no later round has to wait for it
        scene.counts["files.inspected"] += 1
    else:
        remember(stored, sample.found)
        Derivation.objects.create(original=stored)
    return file


def _title(scene: Scene) -> str:
    return f"科普作品第{scene.people.chance.randrange(10**7)}号"


def _seen(work: Work) -> str:
    return WorkDossier(_fresh(work)).content.digest


def _fresh(work: Work) -> Work:
    fresh = _WORK.get(work.pk)
    fresh.edition = fresh.entry.edition = work.edition
    return fresh


# --- Deciding -----------------------------------------------------------------------------------------------


def review(scene: Scene) -> None:
    """Contacts pass most, return some, refuse a few; what they have not seen they cannot decide."""
    waiting = _works(scene, "submitted")
    verbs = dict(zip(waiting, scene.people.deal(len(waiting), VERDICTS), strict=True))
    scene.each(waiting, lambda work: _decide(scene, work, verbs[work]))


def _decide(scene: Scene, work: Work, verb: str) -> None:
    contact, seen = scene.contacts[work.entry.track], work_verdicts.mark(work)
    if verb != "pass":
        scene.refused({"review.no_reason"}, work_verdicts.return_work, work, reason=" ", seen=seen, by=contact)
    with scene.accepted(work):
        if verb == "pass":
            if scene.people.some(AGAIN):
                scene.refused({"work.changed_since"}, work_verdicts.pass_work, work, seen="", by=contact)
            work_verdicts.pass_work(work, seen=seen, by=contact)
        elif verb == "return":
            work_verdicts.return_work(work, reason=WORDS, seen=seen, by=contact)
            scene.counts["works.returned"] += 1
        else:
            work_verdicts.reject_work(work, reason=WORDS, seen=seen, by=contact)


def mend(scene: Scene) -> None:
    """Most returned works come back, not unchanged; until then their contact must wait."""
    scene.each(_works(scene, "returned"), lambda work: _mend(scene, work))


def _mend(scene: Scene, work: Work) -> None:
    by, contact = representative(work.entry), scene.contacts[work.entry.track]
    scene.refused({"work.not_corrected"}, works.submit_work, work, by=by, seen=_seen(work))
    seen = work_verdicts.mark(work)
    scene.refused({"work.correcting"}, work_verdicts.reject_work, work, reason=OVER, seen=seen, by=contact)
    if scene.people.some(MENDED):
        with scene.accepted(work):
            works.save_work(work, {"title": _title(scene), "reply": "已处理"}, by=by)
            works.submit_work(work, by=by, seen=_seen(work))


def close(scene: Scene) -> None:
    """At midnight it is over; a contact opens a few again, with a reason and a date."""
    late = _works(scene, "draft")
    for work in late[: 4 * FEW]:
        by = representative(work.entry)
        scene.refused({"window.late"}, works.save_work, work, {"title": "晚了"}, by=by)
    for work in [work for work in _works(scene, "draft") if work.title and work.entry.state == "accepted"][:FEW]:
        by, contact = representative(work.entry), scene.contacts[work.entry.track]
        until = clock.now() + MORE_TIME
        scene.refused({"reason.missing"}, work_verdicts.unlock_work, work, until, by=contact, reason="")
        with scene.accepted(work):
            work_verdicts.unlock_work(work, until, by=contact, reason=EXCUSE)
            works.submit_work(work, by=by, seen=_seen(work))
    for work in _works(scene, "returned"):
        with scene.accepted(work):
            seen = work_verdicts.mark(work)
            work_verdicts.reject_work(work, reason=OVER, seen=seen, by=scene.contacts[work.entry.track])


def _accepted(scene: Scene) -> list[Entry]:
    return scene.lend(Entry.objects.filter(state="accepted").select_related("track", "row").order_by("pk"))


def _works(scene: Scene, state: str) -> list[Work]:
    found = Work.objects.filter(state=state).select_related("entry__track", "current")
    return scene.lend(found.order_by("entry", "category"))  # whoever began theirs first


def totals(scene: Scene) -> dict[str, Any]:
    """For the summary; files.inspected: those looked into one by one, the others are copies of the pool's."""
    states = Counter(Work.objects.values_list("state", flat=True))
    kinds = ("png", "mp4", "pdf", "pptx", "zip")
    stored = StoredFile.objects.filter(work_files__isnull=False)
    return {
        "total": states.total(),
        **{state: states[state] for state in Work.STATES.labels},
        "entries": Work.objects.values("entry").distinct().count(),
        "versions": WorkVersion.objects.count(),
        "sent_back": scene.counts["works.returned"],
        "files": {kind: scene.counts[f"files.{kind}"] for kind in kinds},
        "inspected": scene.counts["files.inspected"],
        "megabytes": round((stored.aggregate(size=Sum("size"))["size"] or 0) / 10**6, 1),
    }
