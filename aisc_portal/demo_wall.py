"""The demo's works wall: category C was judged, announced and has become final, so that there are works to be seen,
with captions, and the mark where AI was used. Their pages are drawn here, without a letter: no font is needed.
"""

import io
import math
from datetime import datetime, timedelta

from django.db import transaction
from PIL import Image, ImageDraw

from awards.models import AwardList
from awards.services import drafting, publishing
from core import clock
from core.accounts.models import User
from core.files.derived.making import derive
from core.files.inspection.checking import check
from core.files.services import keep
from judging.models import Round
from judging.services import closing, pool
from registrations.entry_models import Entry
from registrations.services import work_files, works
from registrations.work_models import Work
from tracks.models import Edition

from . import demo_awards, demo_works
from .demo import jumps_of
from .rehearsal.media import Pool

# (title, what it is, where, whether AI was used, the colours of its page: sky, hills, ground)
WORKS = (
    (
        "湿地一日：跟着潮水上课",
        "退潮时数招潮蟹，涨潮时看白鹭。学生分组记录两次涨落，自己画出滩涂一天的曲线，再和潮汐表对照，说一说差在哪里、为什么。",
        "深圳市红树林湿地公园", True, ("aliceblue", "seagreen", "midnightblue"),
    ),
    (
        "岭南古村的水怎么走",
        "沿着明渠、水塘和天井走一圈，量坡度、测流速，画出雨水从屋檐流到河涌的路，弄明白古村几百年来为什么很少积水。",
        "佛山市三水区大旗头村", False, ("oldlace", "indianred", "darkslategray"),
    ),
    (
        "丹霞山的石头会说话",
        "从一块红色砂岩开始，用放大镜看颗粒，用水滴做试验，一步一步推出一亿年前这里是什么样的湖，最后讲给同伴听。",
        "韶关市丹霞山", True, ("mistyrose", "sienna", "midnightblue"),
    ),
)  # fmt: skip
NAMES = ("演示研学甲", "演示研学乙", "演示研学丙")
CATEGORY, SIZE = "C", (1280, 853)


@transaction.atomic  # whole or not at all; and no worker comes between
def prepare(edition: Edition, contact: User, organiser: User) -> None:
    """Make it, once."""
    rounds = Round.objects.select_related("category", "edition", "track").filter(
        edition=edition, category__code=CATEGORY
    )
    review, final = (rounds.filter(code=code).first() for code in ("review", "final"))
    days = {jump.code: jump.moment for jump in jumps_of(edition)}
    opens = edition.window("submit", CATEGORY).opens
    experts = list(User.objects.filter(email__in=("expert1@demo.test", "expert2@demo.test")).order_by("pk"))
    if review is None or final is None or opens is None or review.candidates.exists():
        return
    if not {"register", "publicity"} <= days.keys() or not experts:
        return
    before = clock.now()
    made = []
    for number, name in enumerate(NAMES):
        author = User.objects.create_user(name, email=f"wall{number + 1}@demo.test")
        clock.set_now(days["register"])
        entry = demo_works.accepted(edition, author, contact)
        clock.set_now(opens + timedelta(days=1, hours=9))
        made.append(_work(entry, number, author, contact))
    clock.set_now(before)
    for round_ in (review, final):
        demo_awards.judged(round_, [pool.thing_of(work) for work in made], experts, organiser)
        closing.publish(round_, by=organiser)
    _final(edition, days["publicity"], organiser)
    clock.set_now(before)


def _work(entry: Entry, number: int, by: User, contact: User) -> Work:
    """A study-tour course with its document and slides, passed."""
    title, words, place, ai, colours = WORKS[number]
    work = works.begin_work(entry, CATEGORY, by=by)
    said = {"title": title, "description": words, "audience": "小学", "place": place, "duration": "90"}
    declared = {"ai_tool": "示例文生图工具", "ai_stage": "配图", "ai_use": "生成初稿，人工修改"} if ai else {}
    works.save_work(work, said | {"ai_used": ai} | declared, by=by)
    slides = Pool()["pptx"].copy(work.pk * 10)
    for material, ending, data in (("course", "pdf", _page(number, colours)), ("slides", "pptx", slides)):
        stored = keep(io.BytesIO(data), name=f"{title}.{ending}", owner=by, limit=demo_works.LIMIT)
        work_files.add_file(work, material, stored, by=by)
        check(stored)
        derive(stored)
    work = demo_works.fresh(work)
    demo_works.bring(work, "passed", by, contact)
    return demo_works.fresh(work)


def _page(number: int, colours: tuple[str, str, str]) -> bytes:
    """A landscape as the only page of a PDF: sky, a sun, three hills, water."""
    sky, hill, ground = colours
    wide, high = SIZE
    picture = Image.new("RGB", SIZE, sky)
    pen = ImageDraw.Draw(picture)
    x, y, r = 300 + 280 * number, 210, 90
    pen.ellipse((x - r, y - r, x + r, y + r), fill="gold")
    for layer, colour in enumerate((hill, ground)):
        base, tall = 460 + 190 * layer, 120 - 60 * layer
        long, shift = 170 + 60 * layer, number * 2 + layer
        edge = [(at, base + tall * math.sin(at / long + shift)) for at in range(0, wide + 8, 8)]
        pen.polygon([*edge, (wide, high), (0, high)], fill=colour)
    for line in range(3):
        pen.line(
            [(at, 740 + 34 * line + 8 * math.sin(at / 60 + line)) for at in range(0, wide + 8, 8)], "lightsteelblue", 4
        )
    out = io.BytesIO()
    picture.save(out, "pdf", resolution=150)
    return out.getvalue()


def _final(edition: Edition, day: datetime, organiser: User) -> None:
    """Decided, announced, and after the days for objections final."""
    drafting.make_lists(edition, by=organiser)
    lists = AwardList.objects.select_related("edition", "category", "track")
    found = lists.get(edition=edition, award="leader", category__code=CATEGORY)
    drafting.draft(found, by=organiser)
    publishing.lock_list(found, by=organiser)
    clock.set_now(day)
    publishing.publish_list(found, by=organiser)
    found.refresh_from_db()
    clock.set_now(found.closes_at + timedelta(hours=9))
    publishing.finalise(found, by=organiser)
