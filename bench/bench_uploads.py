"""Large uploads on the real server: three kills at 60 %, memory, and twenty at once against `cp` (issue 4/8)."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from bench._servers import Served, serving
from core.accounts.models import User
from core.files.models import StoredFile
from tests.core.uploading.killing import peak_of, survive
from tests.core.uploading.wire import Wire, session_of, sha256

MB = 1024 * 1024
LARGE, REQUEST, AT_ONCE, EACH = 200, 8, 20, 25  # MB, MB (as the page sends), files, MB each


def run() -> list[dict[str, Any]]:
    """Rows: kills survived, memory of a server process, twenty uploads' share of cp's throughput."""
    folder = Path(tempfile.mkdtemp(dir=room(settings.PORTAL_HOME)))
    try:
        cookies = session_of(User.objects.create_user("上传人", email="bench@example.test"))
        return [*killed(folder, cookies), *crowded(folder, cookies)]
    finally:
        shutil.rmtree(folder)


@contextmanager
def site(folder: Path) -> Iterator[Served]:
    """The portal with a slot to upload into; its files below `folder`."""
    settings.MEDIA_ROOT = folder / "files"
    env = {"DJANGO_SETTINGS_MODULE": "tests.core.uploading.settings", "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    with serving(**env) as served:
        yield served


def killed(folder: Path, cookies: str) -> list[dict[str, Any]]:
    """200 MB in one request each, so that the kills fall into the middle of one."""
    path = random_file(folder / "large.mp4", LARGE)
    done = survive(lambda: site(folder), path, cookies, request=LARGE * MB)
    same = sha256(Path(done.stored.blob.path)) == done.stored.sha256 == sha256(path)
    resumed = sum(offset >= LARGE * MB // 2 for offset in done.kept)
    kept = "、".join(f"{offset / MB:.0f}" for offset in done.kept)
    grown = done.peak - done.idle
    return [
        row("200 MB killed at 60 % (browser, network, server): resumed", resumed, "of 3", "=3", resumed == 3)
        | {"note": f"kept at the kills: {kept} MB of {LARGE}"},
        row("its SHA-256 matches", int(same), "", "=1", same),
        row("peak memory of a server process", round(done.peak, 1), "MB", "≤250", done.peak <= 250),
        row("of that, grown by the upload", round(grown, 1), "MB", "≤16", grown <= 16),
    ]


def crowded(folder: Path, cookies: str) -> list[dict[str, Any]]:
    """Twenty people at once, pieces as the page sends them; beside it `cp` of the same bytes, synced too."""
    paths = [random_file(folder / f"{number}.mp4", EACH) for number in range(AT_ONCE)]
    os.sync()
    began = time.perf_counter()
    subprocess.run(["cp", *map(str, paths), str(room(folder / "copies"))], check=True)
    subprocess.run(["sync", "-f", str(folder / "copies")], check=True)
    copied = time.perf_counter() - began
    with site(folder) as served:
        people = [
            session_of(User.objects.create_user(f"人{number}", email=f"{number}@example.test"))
            for number in range(AT_ONCE)
        ]
        wires = [Wire(served.port, person) for person in people]
        urls = [wire.announce(path) for wire, path in zip(wires, paths, strict=True)]
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(upload, wires, urls, paths))
        taken, peak = time.perf_counter() - began, peak_of(served)
    known = {stored.original_name: stored.sha256 for stored in StoredFile.objects.filter(size=EACH * MB)}
    right = sum(known.get(path.name) == sha256(path) for path in paths)
    speed, ratio = AT_ONCE * EACH / taken, copied / taken
    return [
        row("20 uploads at once, whole and matching", right, "of 20", "=20", right == AT_ONCE),
        row("20 uploads at once", round(speed, 1), "MB/s", "≥20", speed >= 20),
        row("their throughput as a ratio to cp", round(ratio, 3), "", "≥0.05", ratio >= 0.05)
        | {"note": f"cp {AT_ONCE * EACH / copied:.0f} MB/s with sync; every piece and its row are synced, then hashed"},
        row("peak memory of a server process, 20 at once", round(peak, 1), "MB", "≤250", peak <= 250),
    ]


def upload(wire: Wire, url: str, path: Path) -> None:
    """From beginning to end, a few megabytes a request."""
    while wire.send(url, path, size=REQUEST * MB) < path.stat().st_size:
        pass


def random_file(path: Path, megabytes: int) -> Path:
    """Bytes that nothing can shorten."""
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(MB))
    return path


def room(folder: Path) -> Path:
    """A folder that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def row(name: str, value: float, unit: str, target: str, ok: bool) -> dict[str, Any]:
    """One figure."""
    return {"name": name, "value": value, "unit": unit, "target": target, "ok": ok}
