"""办理步骤: 填写 → 打印盖章 → 上传扫描件 → 审核, and where a unit stands with each."""

from collections.abc import Sequence

from django.urls import reverse

from . import states
from .models import RecommendationRow
from .services.stamping import Stamp

Step = dict[str, str]  # name, state (done, now, fix, todo), note, href: what `<c-steps>` shows


def steps_of(rows: Sequence[RecommendationRow], stamp: Stamp) -> list[Step]:
    """The four steps; the two in the middle only where the edition wants a stamped scan (Q31)."""
    held = sum(row.state in states.HOLDS_A_PLACE for row in rows)
    drafts = sum(row.state == "draft" for row in rows)
    filling = bool(drafts or not held)
    fill = {"name": "填写", "state": "now" if filling else "done", "note": f"{held} 行已提交，{drafts} 行草稿"}
    fill["href"] = reverse("recommendation", kwargs={"unit": stamp.form.unit_id})
    page = reverse("stamp", kwargs={"unit": stamp.form.unit_id})
    print_step, scan_step = _print_step(stamp, filling), _scan_step(stamp)
    paper = [print_step | {"href": f"{page}#print"}, scan_step | {"href": f"{page}#scan"}] if stamp.required else []
    return [fill, *paper, _review_step(rows, held, waits=filling or bool(stamp.problems()))]


def _print_step(stamp: Stamp, filling: bool) -> Step:
    step = {"name": "打印盖章", "state": "now"}
    if stamp.valid:
        return step | {"state": "done", "note": f"{stamp.printed}，共 {len(stamp.rows)} 行"}
    if not stamp.rows:
        return step | {"state": "todo", "note": "提交后生成附件2"}
    if stamp.printed:
        return step | {"state": "done", "note": f"{stamp.printed}已打印，请盖章"}
    if stamp.void:
        return step | {"state": "fix", "note": "盖章后改过，请重新打印盖章"}
    return step | {"state": "todo" if filling else "now", "note": f"{len(stamp.rows)} 行可以打印"}


def _scan_step(stamp: Stamp) -> Step:
    step = {"name": "上传扫描件", "state": "todo", "note": "PDF、JPG 或 PNG"}
    if stamp.valid:
        return step | {"state": "done", "note": "已收到，与推荐表一致"}
    if stamp.void:
        return step | {"state": "fix", "note": "上次的章已失效"}
    return step | ({"state": "now"} if stamp.printed else {})


def _review_step(rows: Sequence[RecommendationRow], held: int, *, waits: bool) -> Step:
    passed = sum(row.state == "approved" for row in rows)
    returned = sum(row.state == "returned" for row in rows)
    step = {"name": "审核", "state": "todo", "note": "赛道联系人逐行审核"}
    if returned:
        return step | {"state": "fix", "note": f"{returned} 行退回，请补正"}
    if passed and passed == held and not waits:
        return step | {"state": "done", "note": f"已通过 {passed} 行，共 {held} 行"}
    if held:
        return step | {"state": "todo" if waits else "now", "note": f"已通过 {passed} 行，共 {held} 行"}
    return step
