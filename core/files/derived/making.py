"""Asking for previews, and making them; the original stays byte for byte."""

import io
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import transaction

from core.audit.history import recorded
from core.jobs.services import enqueue
from core.limited.running import MB, Limits, Stopped, run
from core.states import move

from .. import states
from ..kinds import DOCX, GIF, JPEG, MOV, MP4, PDF, PNG, PPTX, WEBP, Kind
from ..models import Derivation, Derived, FileCheck, StoredFile
from ..services import erase, keep

DERIVE = "file.derive"  # the job

_SMALL = Limits(cpu=120, wall=300, memory=1536 * MB, output=32 * MB)
_FILM = Limits(cpu=3000, wall=5400, memory=2048 * MB, output=600 * MB)
MAKERS: dict[Kind, tuple[str, Limits]] = {
    **dict.fromkeys((PNG, JPEG, GIF, WEBP), ("picture", _SMALL)),
    **dict.fromkeys((MP4, MOV), ("film", _FILM)),
    PDF: ("pdf", _SMALL),
    **dict.fromkeys((DOCX, PPTX), ("office", _SMALL)),
}
_CHILD = Path(__file__).with_name("child.py")
_NAMES = {"picture": "预览", "poster": "封面", "video": "预览", "page": "第{}页", "thumbnail": "缩略图", "text": "文字"}


def derive_later(stored: StoredFile) -> Derivation:
    """Have a file's previews made, once; in the caller's transaction. The job waits until the file passed its check."""
    making, _ = Derivation.objects.get_or_create(original=stored)
    if making.is_open:
        enqueue(DERIVE, str(stored.pk))
    return making


def derive(stored: StoredFile) -> None:
    """Make a file's previews now, telling `Derivation` how far it is. Harmless when done before or half done."""
    making, _ = Derivation.objects.get_or_create(original=stored)
    if not making.is_open:
        return
    move(making, "begin", done=0)
    check = FileCheck.objects.filter(file=stored).first()
    if check is None or check.state != states.PASSED:
        move(making, "fail", note="文件没有通过检查，不生成预览")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            made = _made(stored, check, folder, lambda: _tell(making, folder))
        except Stopped as stopped:
            move(making, "fail", note=f"预览没有生成（{stopped.code}），请下载后查看")
            return
        with transaction.atomic(), recorded("file.derived", by=None):
            _replace(stored, made, folder)
            steps = max(len(made), 1)
            move(making, "finish", done=steps, total=steps, note="" if made else "这类文件没有预览，请下载后查看")


def _made(stored: StoredFile, check: FileCheck, folder: Path, tell: Callable[[], None]) -> list[dict[str, Any]]:
    """What the child drew into the folder, and the text. Raises Stopped."""
    made = []
    if stored.kind in MAKERS:
        kind, limits = MAKERS[stored.kind]
        seconds = check.found.seconds if check.found else 0
        with stored.blob.storage.open(stored.blob.name or "", "rb") as file:
            made = run(_CHILD, file, limits, kind, str(folder), seconds, waiting=tell)["made"]
    if check.found and check.found.text:
        (folder / "text.txt").write_text(check.found.text, encoding="utf-8")
        made.append({"kind": "text", "position": 1, "path": "text.txt", "width": 0, "height": 0})
    return made


def _replace(stored: StoredFile, made: list[dict[str, Any]], folder: Path) -> None:
    """Keep the new previews in place of those of an earlier run."""
    erase(StoredFile.objects.filter(derived_from__original=stored))
    for preview in made:
        path = folder / preview["path"]
        name = _NAMES[preview["kind"]].format(preview["position"]) + path.suffix
        with path.open("rb") as file:
            part = keep(file, name=name, owner=None, limit=_FILM.output)
        Derived.objects.create(
            original=stored,
            kind=preview["kind"],
            position=preview["position"],
            width=preview["width"],
            height=preview["height"],
            stored=part,
        )


def _tell(making: Derivation, folder: Path) -> None:
    """Write down how far the child is; it is no news when it has not said so yet."""
    with suppress(OSError, ValueError):
        done, total = map(int, (folder / "progress").read_text().split())
        if (done, total) != (making.done, making.total):
            making.done, making.total = done, total
            making.save(update_fields=["done", "total"])


def text_of(derived: Derived) -> str:
    """What a text preview says, for a template to escape."""
    with derived.stored.blob.storage.open(derived.stored.blob.name or "", "rb") as file:
        return io.TextIOWrapper(file, encoding="utf-8", errors="replace").read()
