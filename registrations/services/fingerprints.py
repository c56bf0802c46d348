"""A version's files are read once: pictures and posters are hashed, texts are sketched, both are filed."""

from collections.abc import Iterator

from django.db import transaction
from PIL import Image, UnidentifiedImageError

from core.files.derived.models import Derived
from core.files.models import StoredFile
from core.prepared import Prepared

from ..likeness_models import Fingerprint, FingerprintKey, signed
from ..rules.likeness import SIDE, WINDOWS, PictureHash, picture_hash, picture_keys, text_sketch
from ..work_models import VersionFile, WorkVersion

# What is hashed: re-encoded by our own jobs, so that no stranger's file is opened here.
PICTURES = {Derived.Kind.PICTURE: "picture", Derived.Kind.POSTER: "poster", Derived.Kind.PAGE: "page"}
MAX_PAGES = 12  # of a document
MAX_PICTURES = 40  # of a version
SMALL = 256  # pixels along the longer side; windows are cut out of this
_FILES = Prepared(
    1,
    lambda version: (
        StoredFile.objects.filter(work_files__in=VersionFile.objects.filter(version=version).values("file"))
        .select_related("check_result", "derivation")
        .order_by("pk")
        .distinct()
    ),
)
PARTS = 1 << 18  # keys of parts of pictures lie so much below those of whole ones


def fingerprint(version: WorkVersion) -> int:
    """Read what was not read before; the number of new fingerprints. Harmless when repeated."""
    files = files_of(version)
    known = set(Fingerprint.objects.filter(file__in=files).values_list("file", "kind", "position").distinct())
    new = [made for made in _made(files) if (made[0].file_id, made[0].kind, made[0].position) not in known]
    with transaction.atomic():
        Fingerprint.objects.bulk_create([row for row, _ in new], ignore_conflicts=True)
        stored = Fingerprint.objects.filter(file__in=files)
        keys = {(row.file_id, row.kind, row.position, row.window): row.pk for row in stored}
        filed = [
            FingerprintKey(key=key, fingerprint_id=keys[row.file_id, row.kind, row.position, row.window])
            for row, found in new
            for key in found
        ]
        FingerprintKey.objects.bulk_create(filed, ignore_conflicts=True, batch_size=2000)
    return len(new)


def files_of(version: WorkVersion) -> list[StoredFile]:
    """The files as they stood in a version, those that were erased aside."""
    return _FILES(version.pk)


def part_keys(found: PictureHash, window: int) -> list[int]:
    """What a picture, or a part of one, is filed under."""
    return [key - (PARTS if window else 0) for key in picture_keys(found)]


def _made(files: list[StoredFile]) -> Iterator[tuple[Fingerprint, list[int]]]:
    wordless = {file.pk for file in files}
    for file in files:
        sketch = text_sketch(text_of(file))
        if sketch:
            wordless.discard(file.pk)
            yield Fingerprint(file=file, kind="text", keys=len(sketch.keys), ceiling=sketch.ceiling), list(sketch.keys)
    shown = Derived.objects.filter(original__in=files, kind__in=PICTURES).select_related("stored")
    # Pages full of text all look alike; those of a picture or comic handed in as PDF have none.
    pages = shown.filter(kind=Derived.Kind.PAGE, original__in=wordless, position__lte=MAX_PAGES)
    wanted = [*shown.exclude(kind=Derived.Kind.PAGE), *pages]
    for derived in wanted[:MAX_PICTURES]:
        for window, found in windows_of(derived.stored):
            row = Fingerprint(
                file_id=derived.original_id,
                kind=PICTURES[Derived.Kind(derived.kind)],
                position=derived.position,
                window=window,
                difference=signed(found.difference),
                spectrum=signed(found.spectrum),
            )
            yield row, part_keys(found, window)


def text_of(file: StoredFile) -> str:
    """The text that the check found in a file; "" where it has none or was not read."""
    check = getattr(file, "check_result", None)
    return check.found.text if check and check.found else ""


def windows_of(stored: StoredFile) -> list[tuple[int, PictureHash]]:
    """A picture and its parts, each by its hashes; none where it cannot be read or shows nothing."""
    try:
        with stored.blob.storage.open(stored.blob.name or "", "rb") as file, Image.open(file) as picture:
            picture.draft("L", (SMALL, SMALL))
            small = picture.convert("L")
            small.thumbnail((SMALL, SMALL), Image.Resampling.BOX)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return []
    found = ((window, picture_hash(_grey(small, box))) for window, box in enumerate(WINDOWS))
    return [(window, hashes) for window, hashes in found if hashes]


def _grey(picture: Image.Image, window: tuple[float, float, float, float]) -> bytes:
    left, top, right, bottom = window
    box = (left * picture.width, top * picture.height, right * picture.width, bottom * picture.height)
    return picture.resize((SIDE, SIDE), Image.Resampling.BOX, box=box).tobytes()
