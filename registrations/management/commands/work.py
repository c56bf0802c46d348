"""manage.py work check: would the portal take this file? The page's own verdict, without storing anything."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from registrations.services.works_checking import Verdict, verdict
from tracks.models import Edition
from tracks.rulebook.loader import parse
from tracks.rulebook.schema import Rulebook
from tracks.rulebook.works import Material

PACKAGED = Path(settings.BASE_DIR) / "tracks" / "editions"
DEFAULT = "guangdong-2024"


class Command(BaseCommand):
    help = "检查一个作品文件，说明收不收、为什么；不存入系统。判定了就正常退出，文件或类别找不到才报错"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="按内容检查格式、大小、时长、分辨率等")
        check.add_argument("file", type=Path)
        check.add_argument("--category", required=True, metavar="CODE", help="作品类别，如 A、B、C")
        check.add_argument("--material", metavar="CODE", help="按哪一项材料检查；不写则取最合适的一项")
        check.add_argument("--edition", metavar="SLUG", help="届次代码；不写则用当前届")
        check.add_argument("--json", type=Path, metavar="OUT", dest="out", help="把结果写成 JSON")

    def handle(
        self,
        *args: Any,
        verb: str,
        file: Path,
        category: str,
        material: str | None,
        edition: str | None,
        out: Path | None,
        **options: Any,
    ) -> None:
        materials = _materials(_rulebook(edition), category, material)
        try:
            given = verdict(file, file.name, materials)
        except OSError as error:
            raise CommandError(f"{file} 打不开：{error.strerror}") from None
        if out:
            out.write_text(json.dumps(given.told(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        self._tell(file, given)

    def _tell(self, file: Path, given: Verdict) -> None:
        """The verdict, then every problem on a line."""
        as_what = f"，按“{given.material.name}”检查" if given.material else ""
        self.stdout.write(f"{file.name}：{'可以收' if given.accepted else '不能收'}{as_what}")
        for problem in given.problems:
            self.stdout.write(f"[{problem.code}] {problem.message}")


def _rulebook(slug: str | None) -> Rulebook:
    """Of a loaded edition, or of one that comes with the portal. Raises CommandError."""
    if loaded := _loaded(slug):
        return loaded.rulebook
    packaged = {path.stem: path for path in PACKAGED.glob("*.toml")}
    if path := packaged.get(slug or DEFAULT):
        parsed = parse(path.read_text(encoding="utf-8"))
        if parsed.rulebook:
            return parsed.rulebook
    raise CommandError(f"没有找到届次“{slug}”，可用的有：{'、'.join(sorted(packaged))}")


def _loaded(slug: str | None) -> Edition | None:
    """The edition in the database; None also where the tables have not been made yet."""
    try:
        return Edition.objects.filter(slug=slug).first() if slug else Edition.objects.current()
    except DatabaseError:
        return None


def _materials(rules: Rulebook, category: str, code: str | None) -> tuple[Material, ...]:
    """The files of a category, or the one asked for. Raises CommandError."""
    known = [each.code for each in rules.categories]
    if category not in known:
        raise CommandError(f"没有类别“{category}”，可用的有：{'、'.join(known)}")
    files = tuple(each for each in rules.materials_for(category) if each.kind == "file")
    if code is None:
        return files
    if code not in [each.code for each in files]:
        raise CommandError(f"没有材料“{code}”，可用的有：{'、'.join(each.code for each in files)}")
    return tuple(each for each in files if each.code == code)
