"""One work against 20,000 others (≤200 ms), how that grows, which copies are missed and what is taken for one."""

import io
import os
import random
import statistics
import time
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from django.db import connection
from PIL import Image

from aisc_portal import demo_data
from bench._servers import as_owner
from core import clock
from core.files.models import StoredFile
from registrations.entry_models import Entry
from registrations.likeness_models import Fingerprint, signed
from registrations.rules.leaks import Identity, Person, Place, find_leaks
from registrations.rules.likeness import (
    SIDE,
    WINDOWS,
    PictureHash,
    TextSketch,
    picture_hash,
    pictures_score,
    text_score,
    text_sketch,
)
from registrations.services.comparing import compare
from registrations.services.fingerprints import part_keys
from registrations.work_models import VersionFile, Work, WorkFile, WorkVersion
from tests.registrations.works.pictures import EDITS, picture
from tests.registrations.works.texts import edited, essay
from tracks.models import Edition

MANY = int(os.environ.get("BENCH_WORKS", "20000"))
FEW = MANY // 10
PICTURES, ESSAYS = 120, 60  # looked at in earnest; the 20,000 vary on their hashes
RUNS = 9
KEYS = 190  # of a text of 3,000 characters
FORM = 12  # of them stand in every text, as a form's headings do
CHANCE = random.Random(20241220)


def row(name: str, value: float, unit: str, target: str, ok: bool = True) -> dict[str, Any]:
    """One line of the table."""
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "ok": ok}


def windows(image: Image.Image) -> list[PictureHash | None]:
    """The hashes of a picture and its parts."""
    grey = image.convert("L")
    width, height = grey.size
    boxes = [(left * width, top * height, right * width, bottom * height) for left, top, right, bottom in WINDOWS]
    return [picture_hash(grey.resize((SIDE, SIDE), Image.Resampling.BOX, box=box).tobytes()) for box in boxes]


# --- 20,000 works, straight into the tables ------------------------------------------------------------------


def fill(edition: Edition, count: int, pool: list[list[PictureHash | None]]) -> None:
    """So many more works: each with a picture (six windows) and a text of 3,000 characters."""
    now, track = clock.now(), edition.tracks.get(code="worker")
    new = {"edition": edition, "track": track, "created_at": now, "members_limit": 1, "instructors_limit": 1}
    entries = Entry.objects.bulk_create((Entry(kind="individual", **new) for _ in range(count)), batch_size=2000)
    begun = {"edition": edition, "category": "A", "begun_at": now, "changed_at": now}
    works = Work.objects.bulk_create((Work(entry=entry, **begun) for entry in entries), batch_size=2000)
    digests = {"digest": "0" * 64, "receipt": "0" * 64, "submitted_at": now}
    versions = WorkVersion.objects.bulk_create(
        (WorkVersion(work=w, number=1, **digests) for w in works), batch_size=2000
    )
    bytes_ = StoredFile.objects.bulk_create(
        (
            StoredFile(
                original_name=f"{n}",
                size=1,
                sha256=f"{CHANCE.getrandbits(256):064x}",
                content_type="x",
                blob=f"{CHANCE.random()}",
            )
            for n in range(2 * count)
        ),
        batch_size=2000,
    )
    owners = [work for work in works for _ in range(2)]
    lines = WorkFile.objects.bulk_create(
        (WorkFile(work=w, material="m", file=f, added_at=now) for w, f in zip(owners, bytes_, strict=True)),
        batch_size=2000,
    )
    held = [version for version in versions for _ in range(2)]
    VersionFile.objects.bulk_create(
        (VersionFile(version=v, file=f, position=0) for v, f in zip(held, lines, strict=True)), batch_size=2000
    )
    file_prints(bytes_[0::2], bytes_[1::2], pool)


def file_prints(shown: list[StoredFile], told: list[StoredFile], pool: list[list[PictureHash | None]]) -> None:
    """Fingerprints with their keys."""
    keys: list[tuple[int, int]] = []
    prints, filed = [], []
    for file in shown:
        for window, found in enumerate(CHANCE.choice(pool)):
            if found:
                other = PictureHash(found.difference ^ noise(16), found.spectrum ^ noise(20))
                prints.append(
                    Fingerprint(
                        file=file,
                        kind="picture",
                        window=window,
                        difference=signed(other.difference),
                        spectrum=signed(other.spectrum),
                    )
                )
                filed.append(part_keys(other, window))
    for file in told:
        prints.append(Fingerprint(file=file, kind="text", keys=KEYS, ceiling=1 << 56))
        filed.append([*range(FORM), *(CHANCE.getrandbits(56) for _ in range(KEYS - FORM))])
    for made, under in zip(Fingerprint.objects.bulk_create(prints, batch_size=2000), filed, strict=True):
        keys += [(key, made.pk) for key in under]
    copy(keys)


def noise(bits: int) -> int:
    """So many of 64 bits."""
    return sum(1 << bit for bit in CHANCE.sample(range(64), bits))


def copy(keys: Iterable[tuple[int, int]]) -> None:
    """Into the index, as a dump is read."""
    lines = io.StringIO("".join(f"{key}\t{one}\n" for key, one in keys))
    with connection.cursor() as cursor:
        cursor.copy_expert("COPY registrations_fingerprintkey (key, fingerprint_id) FROM STDIN", lines)


def one_work() -> WorkVersion:
    """Of all works the one whose picture and half of whose text are copied from another."""
    ours = WorkVersion.objects.filter(files__file__material="m").distinct()  # the demo's have no text, or no picture
    copied, version = ours.order_by("pk")[7], ours.order_by("-pk")[0]
    (old_picture, old_text), (new_picture, new_text) = (
        [line.file.file_id for line in one.files.order_by("pk") if line.file.file_id] for one in (copied, version)
    )
    Fingerprint.objects.filter(file=new_picture).delete()
    for old in Fingerprint.objects.filter(file=old_picture):
        made = Fingerprint.objects.create(
            file_id=new_picture,
            kind="picture",
            window=old.window,
            difference=old.difference ^ 0b1000_0001,
            spectrum=old.spectrum ^ 0b1110,
        )
        copy((key, made.pk) for key in part_keys(made.picture, made.window))
    Fingerprint.objects.filter(file=new_text).delete()
    shared = list(Fingerprint.objects.get(file=old_text).filed.order_by("-key").values_list("key", flat=True))[
        : KEYS // 2
    ]
    made = Fingerprint.objects.create(file_id=new_text, kind="text", keys=KEYS, ceiling=1 << 56)
    copy(
        (key, made.pk)
        for key in [*range(FORM), *shared, *(CHANCE.getrandbits(56) for _ in range(KEYS - FORM - len(shared)))]
    )
    as_owner("VACUUM ANALYZE")
    return version


def timed(version: WorkVersion) -> tuple[float, float]:
    """Median milliseconds of comparing, and of processor time, Python's and PostgreSQL's: what it costs alone."""
    walls, cpus = [], []
    for _ in range(RUNS):
        began, used = time.perf_counter(), cpu()
        compare(version)
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append((cpu() - used) * 1000)
    return statistics.median(walls), statistics.mean(cpus)


def cpu() -> float:
    """Seconds of processor time that this process and its database backend have used; the latter on Linux only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    ticks = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) if stat.exists() else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


# --- What is missed, and what is taken for a copy ----------------------------------------------------------------


def recall(pool: list[list[PictureHash | None]]) -> list[dict[str, Any]]:
    """The share of edited copies that are near."""
    rows = []
    for name, edit in EDITS.items():
        near = sum(is_near(windows(edit(picture(seed)))[0], whole) for seed, whole in enumerate(pool[:60]))
        rows.append(row(f"copy found: {name}", 100 * near / 60, "%", "≥90", near >= 54))
    return rows


def is_near(one: PictureHash | None, others: list[PictureHash | None]) -> bool:
    """Whether a picture is like another or a part of it."""
    return one is not None and any(other and pictures_score(one, other) for other in others)


def share(one: TextSketch, other: TextSketch) -> int:
    """As the service counts it, without forms."""
    ceiling = min(one.ceiling, other.ceiling)
    shared = len({key for key in one.keys if key < ceiling} & set(other.keys))
    return text_score(shared, one.below(ceiling), other.below(ceiling))


def mistakes(pool: list[list[PictureHash | None]]) -> list[dict[str, Any]]:
    """Unrelated pictures and texts that are taken for copies."""
    pairs = list(combinations(range(len(pool)), 2))
    wrong = sum(is_near(pool[a][0], pool[b]) for a, b in pairs)
    sketches = [sketch for seed in range(ESSAYS) if (sketch := text_sketch(essay(seed)))]
    texts = list(combinations(sketches, 2))
    alike = sum(share(a, b) > 0 for a, b in texts)
    copies = [text_sketch(edited(essay(seed), 10)) for seed in range(ESSAYS)]
    found = sum(share(a, b) > 0 for a, b in zip(sketches, copies, strict=True) if b)
    return [
        row(f"unrelated pictures taken for copies, of {len(pairs)} pairs", wrong, "pairs", "≤2", wrong <= 2),
        row(f"unrelated texts taken for copies, of {len(texts)} pairs", alike, "pairs", "0", alike == 0),
        row(
            "texts found with a tenth of the characters changed",
            100 * found / ESSAYS,
            "%",
            "≥95",
            found >= 0.95 * ESSAYS,
        ),
    ]


def names() -> dict[str, Any]:
    """The leak scan of a long document for a large team."""
    people = tuple(
        Person(f"{a}小{b}", f"+86138001380{i}{j}", f"user{i}{j}@example.test")
        for i, a in enumerate("王李张刘陈")
        for j, b in enumerate("芳明")
    )
    identity = Identity(people, ("韶关市始兴县城南中学", "始兴县城南中学科技志愿服务分队", "韶关市始兴县科学技术协会"))
    place = Place("text", "文字", essay(1, 200_000))
    find_leaks(identity, [place])
    began = time.perf_counter()
    find_leaks(identity, [place])
    ms = (time.perf_counter() - began) * 1000
    return row("names of a team of ten in 200,000 characters", ms, "ms", "≤2000", ms <= 2000)


def run() -> list[dict[str, Any]]:
    """Rows: milliseconds at 2,000 and 20,000 works, their ratio, copies found, mistakes."""
    demo_data.prepare()
    edition = Edition.objects.get(is_current=True)
    pool = [windows(picture(seed)) for seed in range(PICTURES)]
    began = time.perf_counter()
    fill(edition, FEW, pool)
    few, _ = timed(one_work())
    fill(edition, MANY - FEW, pool)
    version = one_work()
    many, busy = timed(version)
    noted = set(version.likenesses.values_list("kind", flat=True))
    return [
        row("works filled in", time.perf_counter() - began, "s", "–"),
        row(f"one work against {FEW:,}", few, "ms", "–"),
        row(f"one work against {MANY:,}", many, "ms", "≤200", many <= 200),
        row("processor time of it (Python and PostgreSQL)", busy, "ms", "≤200", busy <= 200),
        row("growth over ten times the works", many / few, "×", "≤10", many <= 10 * few),
        row("planted copies noted there (picture, text)", len(noted), "kinds", "2", noted == {"picture", "text"}),
        *recall(pool),
        *mistakes(pool),
        names(),
    ]
