"""A version is compared with the works of this edition and of earlier ones; what is alike is noted for the contacts."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from core import clock
from core.files.models import StoredFile

from ..likeness_models import Examination, Fingerprint, Likeness, signed
from ..rules.likeness import (
    MAX_DIFFERENCE,
    MAX_TOGETHER,
    MIN_SHARED,
    PictureHash,
    picture_probes,
    pictures_score,
    template_limit,
    text_score,
)
from ..work_models import VersionFile, WorkVersion
from .fingerprints import PARTS, files_of

# One descent of the index a key; `OFFSET 0` keeps the planner from reading the whole table instead, as it would with
# `key = ANY(…)` for thousands of keys (measured at 20,000 works: 0.7 s).
_FILED = """
      FROM unnest(%(keys)s::bigint[]) AS asked (key)
     CROSS JOIN LATERAL (
           SELECT fingerprint_id FROM registrations_fingerprintkey AS own WHERE own.key = asked.key OFFSET 0
     ) AS filed
"""
# Whatever is near by both hashes comes back, mirrored or not.
_NEAR = f"""
    SELECT DISTINCT print.id
      {_FILED}
      JOIN registrations_fingerprint AS print ON print.id = filed.fingerprint_id
     WHERE print.file_id <> ALL(%(own)s::uuid[])
       AND (bit_count((print.difference # %(difference)s)::bit(64)) <= %(apart)s
            AND bit_count((print.difference # %(difference)s)::bit(64))
              + bit_count((print.spectrum # %(spectrum)s)::bit(64)) <= %(together)s
         OR bit_count((print.difference # %(turned_difference)s)::bit(64)) <= %(apart)s
            AND bit_count((print.difference # %(turned_difference)s)::bit(64))
              + bit_count((print.spectrum # %(turned_spectrum)s)::bit(64)) <= %(together)s)
"""
# Shingles that stand in too many texts belong to a form and are taken out of both sides of the fraction. Each key is
# counted only so far, since a form's stand in every text there is.
_COMMON = """
    SELECT own.key
      FROM unnest(%(keys)s::bigint[]) AS own (key)
     CROSS JOIN LATERAL (
           SELECT count(*) AS texts
             FROM (SELECT FROM registrations_fingerprintkey AS filed
                    WHERE filed.key = own.key LIMIT %(limit)s + 1) AS few
     ) AS counted
     WHERE counted.texts > %(limit)s
"""
_SHARED = f"""
    SELECT fingerprint_id, count(*)
      {_FILED}
     GROUP BY fingerprint_id
    HAVING count(*) >= %(least)s
"""
_HELD = """
    SELECT fingerprint_id, count(*)
      FROM registrations_fingerprintkey
     WHERE key = ANY(%(keys)s::bigint[]) AND fingerprint_id = ANY(%(prints)s::bigint[])
     GROUP BY fingerprint_id
"""


@dataclass(frozen=True)
class Near:
    """A file that is like one of a version's."""

    kind: str  # of Likeness
    score: int
    own: UUID  # keys of stored files
    other: UUID


def compare(version: WorkVersion) -> int:
    """Note every other work that has something in common with a version; how many notes there now are.

    Both sides' contacts find it; a note that somebody has looked at stays as it is. Harmless when repeated.
    """
    files = files_of(version)
    found = [*same_files(files), *near_pictures(files), *near_texts(files)]
    lines = _Lines(version, found)
    best: dict[tuple[int, str], Likeness] = {}  # the other work's latest version that has it, and there the likest file
    now = clock.now()
    for near in found:
        for ours, theirs in lines.pairs(near):
            before = best.get(key := (theirs.version.work_id, near.kind))
            if before and (before.other.number, before.score) >= (theirs.version.number, near.score):
                continue
            best[key] = Likeness(
                version=version, other=theirs.version, kind=near.kind, score=near.score,
                file=ours.file, other_file=theirs.file, found_at=now,
            )  # fmt: skip
    pairs = list(best.values())
    # In one order, whichever side is compared: two workers that meet here wait, and do not lock each other out.
    notes = sorted([*pairs, *map(_turned, pairs)], key=lambda note: (note.version_id, note.other_id, note.kind))
    with transaction.atomic():
        Likeness.objects.bulk_create(
            notes,
            update_conflicts=True,
            unique_fields=["version", "other", "kind"],
            update_fields=["score", "file", "other_file"],
        )
        Examination.objects.update_or_create(version=version, defaults={"compared_at": now})
    return len(pairs)


def same_files(files: list[StoredFile]) -> list[Near]:
    """Files of other works with the same bytes."""
    by_digest = {file.sha256: file.pk for file in files}
    twins = StoredFile.objects.filter(sha256__in=by_digest, work_files__isnull=False)
    rows = twins.exclude(pk__in=[file.pk for file in files]).values_list("pk", "sha256").distinct()
    return [Near("exact", 100, by_digest[digest], key) for key, digest in rows]


def near_pictures(files: list[StoredFile]) -> list[Near]:
    """Files whose picture, poster or page looks like one here, wholly or where it was cut."""
    prints = list(Fingerprint.objects.filter(file__in=files).exclude(kind="text"))
    own = [str(file.pk) for file in files]
    hits: list[tuple[Fingerprint, int]] = []
    for one in prints:
        hits += [(one, key) for key in _look_up(one, own)]
    others = Fingerprint.objects.in_bulk({key for _, key in hits})
    same = _of_same_bytes(files)
    found = []
    for one, key in hits:
        other = others[key]
        if other.file_id not in same and (score := pictures_score(one.picture, other.picture)):
            kind = other.kind if one.kind == other.kind else "picture"
            found.append(Near(kind, score, one.file_id, other.file_id))
    return found


def near_texts(files: list[StoredFile]) -> list[Near]:
    """Files that share enough of their text with one here."""
    same = _of_same_bytes(files)
    limit = template_limit(Fingerprint.objects.filter(kind="text").count())
    found = []
    for one in Fingerprint.objects.filter(file__in=files, kind="text"):
        keys = sorted(one.filed.values_list("key", flat=True))
        common = {key for (key,) in _ask(_COMMON, keys=keys, limit=limit)}
        shared: dict[int, int] = dict(_ask(_SHARED, keys=[key for key in keys if key not in common], least=MIN_SHARED))
        templated: dict[int, int] = dict(_ask(_HELD, keys=list(common), prints=list(shared)))
        for other in Fingerprint.objects.in_bulk(list(shared)).values():
            if other.file_id in same:
                continue
            ceiling = min(one.ceiling, other.ceiling)
            here = sum(key < ceiling and key not in common for key in keys)
            there = round(other.keys * ceiling / other.ceiling) - templated.get(other.pk, 0)
            if score := text_score(shared[other.pk], here, there):
                found.append(Near("text", score, one.file_id, other.file_id))
    return found


def _look_up(one: Fingerprint, own: list[str]) -> list[int]:
    """Keys of near fingerprints. A whole picture may be a part of another or like it; a part only a whole one."""
    hashes: PictureHash = one.picture
    probes = picture_probes(hashes, turned=one.window == 0)
    if one.window == 0:
        probes = [*probes, *(key - PARTS for key in probes)]
    turned = hashes.mirrored
    asked = {
        "keys": probes, "own": own, "apart": MAX_DIFFERENCE, "together": MAX_TOGETHER,
        "difference": signed(hashes.difference), "spectrum": signed(hashes.spectrum),
        "turned_difference": signed(turned.difference), "turned_spectrum": signed(turned.spectrum),
    }  # fmt: skip
    return [key for (key,) in _ask(_NEAR, **asked)]


def _ask(question: str, **values: Any) -> list[Any]:
    """Rows. Lists go as one literal: thousands of numbers written out as ARRAY[…] take longer to parse than to find."""
    lists = {name: f"{{{','.join(map(str, said))}}}" for name, said in values.items() if isinstance(said, list)}
    with connection.cursor() as cursor:
        cursor.execute(question, values | lists)
        return cursor.fetchall()


class _Lines:
    """Where files stand: ours in this version, theirs in the latest version of each other work that has them."""

    def __init__(self, version: WorkVersion, found: list[Near]) -> None:
        self.ours = {line.file.file_id: line for line in version.files.select_related("file")}
        self.theirs: defaultdict[UUID, dict[int, VersionFile]] = defaultdict(dict)
        lines = VersionFile.objects.filter(file__file__in={near.other for near in found}, version__erased_at=None)
        lines = lines.exclude(version__work=version.work_id).select_related("file", "version")
        for line in lines.order_by("version__number"):
            if line.file.file_id:
                self.theirs[line.file.file_id][line.version.work_id] = line

    def pairs(self, near: Near) -> list[tuple[VersionFile, VersionFile]]:
        """Our file and theirs, for every work that has it."""
        return [(self.ours[near.own], theirs) for theirs in self.theirs[near.other].values()]


def _of_same_bytes(files: list[StoredFile]) -> set[UUID]:
    """Files that are told as the same already, and so not once more as alike."""
    return set(StoredFile.objects.filter(sha256__in={file.sha256 for file in files}).values_list("pk", flat=True))


def _turned(pair: Likeness) -> Likeness:
    """The same, for the other side's contacts."""
    return Likeness(
        version=pair.other, other=pair.version, kind=pair.kind, score=pair.score,
        file=pair.other_file, other_file=pair.file, found_at=pair.found_at,
    )  # fmt: skip
