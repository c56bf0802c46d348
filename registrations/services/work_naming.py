"""How a file of a work is called when it leaves the portal (practice 8): 组别-省-市-学校-姓名-作品名-材料."""

import re

from ..models import Unit
from ..work_models import WorkFile
from .dossier import title_of

PART_MAX = 40
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\s\x00-\x1f-]+')


def export_name(file: WorkFile) -> str:
    """`A-青少年-广东-深圳-龙岗区实验学校-智绘科普-垃圾去哪儿-视频1.mp4`; parts that nobody gave are left out."""
    work, entry = file.work, file.work.entry
    rulebook = work.edition.rulebook
    track = rulebook.track(entry.track.code).short_name.removesuffix("赛道")
    groups = {group.code: group.name for group in rulebook.groups}
    group = next((groups[m.group] for m in entry.people.all() if m.group in groups and m.left_at is None), track)
    material = next((m.name for m in rulebook.materials_for(work.category) if m.code == file.material), file.material)
    parts = [work.category, group, "广东", _city(entry.row.recommendation.unit if entry.row else None)]
    parts += [entry.organisation, title_of(entry), work.title, f"{material}{file.position + 1}"]
    if file.anonymous_of_id:  # goes to judges
        parts = [work.category, work.number, f"{material}{file.position + 1}匿名版"]
    extension = file.file.extension if file.file else ""
    return "-".join(part for part in map(_part, parts) if part) + extension


def _city(unit: Unit | None) -> str:
    if unit is None:
        return ""
    region = unit.region
    while region.level == "county" and region.parent:
        region = region.parent
    return region.name if region.level == "prefecture" else ""


def _part(text: str) -> str:
    return _NOT_IN_NAMES.sub("", text)[:PART_MAX]
