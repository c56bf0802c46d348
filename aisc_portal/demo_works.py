"""The demo's works, one in each state, with small real files: who opens them as their author finds them, who reviews
them finds one waiting. Made on the day after every theme season has opened.
"""

import io
from datetime import timedelta
from typing import Any

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.files.derived.making import derive
from core.files.inspection.checking import check
from core.files.services import keep
from registrations.entry_models import Entry
from registrations.services import consenting, eligibility, entering, verdicts, work_files, work_verdicts, works
from registrations.services.work_dossier import WorkDossier
from registrations.work_models import Work
from tracks.models import Edition

from .demo import jumps_of
from .demo_entries import PROOF
from .rehearsal.media import Pool

LIMIT = 10**7
FILES = {"A": (("images", "png"), ("images", "png")), "C": (("course", "pdf"), ("slides", "pptx"))}
TEXTS: dict[str, dict[str, Any]] = {
    "A": {
        "description": "用四幅长图讲红树林：潮水涨落之间，招潮蟹、弹涂鱼和白鹭怎样分享同一片滩涂。"
        "每幅一个小问题，答案藏在画面里，适合社区科普橱窗展出。",
    },
    "C": {
        "description": "带小学高年级学生走进湿地公园，先听讲解，再分组观察、记录、比较两片滩涂，"
        "最后用人工智能工具把看到的整理成一张海报，讲给同学听。",
        "audience": "小学",
        "place": "深圳市红树林湿地公园",
        "duration": "90",
    },
}
TITLES = {"draft": "湿地一日课", "submitted": "潮间带的一天", "returned": "看懂一片红树林", "passed": "弹涂鱼的家",
          "rejected": "白鹭日记", "withdrawn": "滩涂小侦探"}  # fmt: skip
# Each person's A and C work.
STATES = (("passed", "draft"), ("submitted", "returned"), ("rejected", "withdrawn"))
REASON = "第二个文件里出现了学校名称，请处理后重新上传，再提交一次"


@transaction.atomic  # whole or not at all; and no worker comes between
def prepare(edition: Edition, people: list[User], contact: User) -> None:
    """Make the works of as many people as STATES has, once."""
    entering_day = next((jump.moment for jump in jumps_of(edition) if jump.code == "register"), None)
    opens = [edition.window("submit", category).opens for category in FILES]
    if entering_day is None or None in opens or Entry.objects.filter(people__user__in=people).exists():
        return
    before, pool = clock.now(), Pool()
    for by, states in zip(people, STATES, strict=True):
        clock.set_now(entering_day)
        entry = accepted(edition, by, contact)
        clock.set_now(max(filter(None, opens)) + timedelta(days=1, hours=9))
        for category, state in zip(FILES, states, strict=True):
            bring(_filled(entry, category, TITLES[state], pool, by), state, by, contact)
    clock.set_now(before)


def accepted(edition: Edition, author: User, contact: User) -> Entry:
    """An individual's entry on the track “worker”, passed by its contact."""
    values = {"kind": "individual", "organisation": "深圳市龙岗区科普志愿者协会", "categories": list(FILES)}
    entry = entering.open_entry(edition, values | {"track": edition.tracks.get(code="worker")}, by=author)
    eligibility.save_claim(entry, "social_organisation", {"link": PROOF, "statement": "协会会员"}, by=author)
    texts = [text.code for text in consenting.texts_for(edition, "participant")]
    entry = entering.enter(entry, by=author, accepted=texts)
    claim = entry.claims.get()
    return verdicts.accept_claim(claim, seen=verdicts.mark(claim), by=contact)


def make_passed(edition: Edition, title: str, author: User, contact: User) -> Work:
    """One more author's picture story, passed; on the day of the others. Contest time is put back."""
    before, opens = clock.now(), edition.window("submit", "A").opens
    clock.set_now(next(jump.moment for jump in jumps_of(edition) if jump.code == "register"))
    entry = accepted(edition, author, contact)
    clock.set_now((opens or before) + timedelta(days=1, hours=9))
    work = _filled(entry, "A", title, Pool(), author)
    bring(work, "passed", author, contact)
    clock.set_now(before)
    return fresh(work)


def _filled(entry: Entry, category: str, title: str, pool: Pool, by: User) -> Work:
    work = works.begin_work(entry, category, by=by)
    said = {"ai_used": True, "ai_tool": "示例文生图工具", "ai_stage": "配图", "ai_use": "生成初稿，人工修改"}
    works.save_work(work, TEXTS[category] | said | {"title": title}, by=by)
    for number, (material, extension) in enumerate(FILES[category], start=1):
        data = pool[extension].copy(work.pk * 10 + number)
        stored = keep(io.BytesIO(data), name=f"{title}{number}.{extension}", owner=by, limit=LIMIT)
        work_files.add_file(work, material, stored, by=by)
        check(stored)
        derive(stored)
    return fresh(work)


def bring(work: Work, state: str, author: User, contact: User) -> None:
    """Bring a draft to its state."""
    if state == "draft":
        return
    works.submit_work(work, by=author, seen=WorkDossier(work).content.digest)
    work = fresh(work)
    seen = work_verdicts.mark(work)
    if state == "passed":
        work_verdicts.pass_work(work, seen=seen, by=contact)
    elif state == "returned":
        work_verdicts.return_work(work, reason=REASON, seen=seen, by=contact)
    elif state == "rejected":
        work_verdicts.reject_work(work, reason="与已经发表的作品相同，不是原创", seen=seen, by=contact)
    elif state == "withdrawn":
        works.withdraw_work(work, by=author, reason="想再改一改")


def fresh(work: Work) -> Work:
    """As the services want it."""
    return Work.objects.select_related("entry__edition", "entry__track", "edition", "current").get(pk=work.pk)
