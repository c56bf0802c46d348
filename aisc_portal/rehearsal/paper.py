"""打印, 盖章, 扫描: the form goes out on paper and comes back stamped; an edit in between voids the stamp."""

import io
from functools import cache

from PIL import Image

from core.files.kinds import DOCX, kind_of
from registrations import states
from registrations.models import StampedScan
from registrations.printing.paper import paper_of
from registrations.printing.pdf import pdf
from registrations.printing.word import word
from registrations.services import recommending
from registrations.services.stamping import StaleScan, Stamp, Upload, code_of, print_form

from .hands import LONG
from .scene import Desk, Scene
from .ways import Mailed

MEMORY = {"forgets": 0.05, "": 1.0}
EDITED = 0.08  # share of units that change something after the stamp
DRAWN = 0.1  # share of papers drawn as PDF and read back; the rest types its 版本码, for one costs half a second
WORD = 0.2  # share of that rest which is drawn as Word


def stamp(scene: Scene) -> None:
    """Whoever has a row that stands on no stamped paper prints, stamps and uploads; some forget."""
    lacking = [desk for desk in scene.submitted() if any(map(desk.against_passing, desk.rows(*states.HOLDS_A_PLACE)))]
    memories = scene.people.deal(len(lacking), MEMORY)
    bringing = [desk for desk, memory in zip(lacking, memories, strict=True) if memory != "forgets"]
    scene.each(bringing, _there_and_back)
    for desk in bringing:
        desk.stamped()


def stamp_form(desk: Desk) -> None:
    """One unit's paper, there and back."""
    _there_and_back(desk)
    desk.stamped()


def _there_and_back(desk: Desk) -> None:
    with desk.scene.accepted(desk.unit):
        _send_paper(desk)


def _send_paper(desk: Desk) -> None:
    """With its code read or typed; or a paper of the unit's own, where nobody has joined."""
    if isinstance(desk, Mailed) and desk.officer is None:
        desk.scene.refused({"stamp.unreadable"}, desk.send_scan, _photograph())
        desk.send_own(_photograph())
    elif desk.scene.people.some(DRAWN):
        desk.send_scan(_printed(desk))
    else:
        printed, rows = print_form(desk.form, by=desk.by)
        if desk.scene.people.some(WORD):
            drawn = kind_of(io.BytesIO(word(paper_of(printed, rows))))
            desk.scene.expect(drawn == DOCX, f"{desk.unit}：Word 版打不开")
            desk.scene.counts["word"] += 1
        desk.send_scan(_photograph(), typed=code_of(printed).lower())


def _printed(desk: Desk) -> Upload:
    """The form as it is printed now, scanned to perfection."""
    desk.scene.counts["pdf"] += 1
    return Upload("盖章扫描件.pdf", io.BytesIO(pdf(paper_of(*print_form(desk.form, by=desk.by)))))


@cache
def _picture() -> bytes:
    content = io.BytesIO()
    Image.new("L", (800, 600), "white").save(content, "png")
    return content.getvalue()


def _photograph() -> Upload:
    """A photograph on which no code can be read."""
    return Upload("照片.png", io.BytesIO(_picture()))


def edit(scene: Scene) -> None:
    """Some change a row after the stamp: the old scan is refused, line by line, until they have printed anew."""
    able = [desk for desk in scene.submitted() if desk.way != "mailed" and desk.on_paper]
    editing = scene.people.chance.sample(able, min(len(able), max(1, round(len(able) * EDITED))))
    scene.each(editing, _edit_and_stamp, few=LONG)
    for desk in editing:
        desk.stamped()


def _edit_and_stamp(desk: Desk) -> None:
    with desk.scene.accepted(desk.unit):
        _edit(desk)
    _there_and_back(desk)


def _edit(desk: Desk) -> None:
    scene, scan, row = desk.scene, _printed(desk), desk.scene.people.chance.choice(desk.rows("submitted"))
    recommending.withdraw_row(row, by=desk.by)
    recommending.restore_row(row, by=desk.by)
    desk.change({row: {"phone": desk.new_phone(row)}})
    desk.submit([row])
    void = Stamp(desk.form).void is not None
    scene.expect(void, f"{desk.unit}：盖章后改过，章却仍有效")
    refused = scene.refused({"stamp.stale", "stamp.row"}, desk.send_scan, scan)
    changes = [change.column for change in refused.changes] if isinstance(refused, StaleScan) else []
    scene.expect(changes == ["phone"], f"{desk.unit}：过期扫描件应列出电话一处，实为 {changes}")
    scene.counts.update({"void": int(void), "refused_stale": int(isinstance(refused, StaleScan))})


def totals(scene: Scene) -> dict[str, int]:
    """For the summary."""
    scans = StampedScan.objects.filter(printed__recommendation__edition=scene.edition)
    return {
        "made": scans.count(),
        "by_qr": scans.filter(found_by="qr").count(),
        "by_typed_code": scans.filter(found_by="typed").count(),
        "pdf_drawn": scene.counts["pdf"],
        "word_drawn": scene.counts["word"],
        "refused_stale": scene.counts["refused_stale"],
        "void": scene.counts["void"],
    }
