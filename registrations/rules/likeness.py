"""How alike two works are: pictures by two 64-bit hashes, texts by a sample of their shingles.

Nothing here refuses a work: what is found is shown to the contact, who looks at both.
"""

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

# --- Pictures: a difference hash finds, a spectral hash confirms -----------------------------------------

SIDE = 32  # a picture is judged by a grey one of 32 × 32
MIN_CONTRAST = 12  # grey levels of standard deviation; a black frame or a blank page is like every other one
# 17 changed bits at most are to be expected of a resize, a re-encode, a brighter copy or a cut of 5 % (measured on
# made pictures, bench/bench_likeness.py); of two unrelated pictures the sum was never below 25.
MAX_DIFFERENCE = 11  # of the 64 bits of the difference hash; what the index is able to find
MAX_TOGETHER = 24  # of the 128 bits of both
# Parts of the picture (left, top, right, bottom; of its width and height) that are hashed too, since a cut copy is
# like a part. With the whole, the middle and the corners, a cut of up to 10 % at every edge is always found.
WINDOWS = (
    (0.0, 0.0, 1.0, 1.0),
    (0.05, 0.05, 0.95, 0.95),
    (0.0, 0.0, 0.88, 0.88),
    (0.12, 0.0, 1.0, 0.88),
    (0.0, 0.12, 0.88, 1.0),
    (0.12, 0.12, 1.0, 1.0),
)
BANDS, BAND_BITS = 4, 16

_LOWEST = [(down, along) for total in range(1, 12) for down in range(total + 1) for along in (total - down,)][:64]
_MOST = 1 + max(max(pair) for pair in _LOWEST)
_WAVES = [[math.cos((2 * x + 1) * k * math.pi / (2 * SIDE)) for x in range(SIDE)] for k in range(_MOST)]
_TURNED = sum(1 << bit for bit, (_, along) in enumerate(_LOWEST) if along % 2)  # these change sign in a mirror
# Nine columns, the same read from the right, so that a mirrored picture's hash follows from the picture's.
_COLUMNS = [(0, 4), (4, 7), (7, 11), (11, 14), (14, 18), (18, 21), (21, 25), (25, 28), (28, 32)]


@dataclass(frozen=True)
class PictureHash:
    """Two hashes of one picture, 64 bits each."""

    difference: int  # where it grows lighter to the right, in 8 rows
    spectrum: int  # signs of the lowest 64 frequencies

    @property
    def mirrored(self) -> "PictureHash":
        """Those of the same picture turned left to right."""
        rows = [self.difference >> 8 * row & 0xFF for row in range(8)]
        turned = [int(f"{row:08b}"[::-1], 2) ^ 0xFF for row in rows]
        return PictureHash(sum(row << 8 * at for at, row in enumerate(turned)), self.spectrum ^ _TURNED)


def picture_hash(grey: bytes) -> PictureHash | None:
    """The hashes of 32 × 32 grey pixels, row by row; None where there is too little to see.

    Raises ValueError for another number of pixels.
    """
    if len(grey) != SIDE * SIDE:
        raise ValueError(f"{len(grey)} pixels instead of {SIDE * SIDE}")
    mean = sum(grey) / len(grey)
    if sum((pixel - mean) ** 2 for pixel in grey) / len(grey) < MIN_CONTRAST**2:
        return None
    rows = [grey[start : start + SIDE] for start in range(0, len(grey), SIDE)]
    return PictureHash(_difference(rows), _spectrum(rows))


def distance(one: PictureHash, other: PictureHash) -> tuple[int, int]:
    """How many bits of the difference hash differ, and how many of both together."""
    difference = (one.difference ^ other.difference).bit_count()
    return difference, difference + (one.spectrum ^ other.spectrum).bit_count()


def pictures_score(one: PictureHash, other: PictureHash) -> int:
    """0 where two pictures are not near; else 50 (just so) to 100 (equal to the eye), mirrored or not."""
    best = min((distance(one, other), distance(one, other.mirrored)), key=lambda found: found[1])
    if best[0] > MAX_DIFFERENCE or best[1] > MAX_TOGETHER:
        return 0
    return 100 - 50 * best[1] // MAX_TOGETHER


def picture_keys(found: PictureHash) -> list[int]:
    """What a picture is filed under: one key for each 16 bits of its difference hash. Negative; texts' are not."""
    return [_key(band, found.difference >> BAND_BITS * band & 0xFFFF) for band in range(BANDS)]


def picture_probes(found: PictureHash, *, turned: bool = True) -> list[int]:
    """Every key under which a picture within MAX_DIFFERENCE may be filed; turned: or its mirror image.

    Of 11 differing bits some band of the four gets at most 2, so that asking for each band with up to two bits
    turned (137 keys) leaves none out.
    """
    ones = [1 << bit for bit in range(BAND_BITS)]
    flips = [0, *ones, *(a | b for a in ones for b in ones if a < b)]
    keys = {
        _key(band, (hashed.difference >> BAND_BITS * band & 0xFFFF) ^ flip)
        for hashed in ((found, found.mirrored) if turned else (found,))
        for band in range(BANDS)
        for flip in flips
    }
    return sorted(keys)


def _key(band: int, value: int) -> int:
    return -1 - (band << BAND_BITS | value)


def _difference(rows: list[bytes]) -> int:
    bits = 0
    for eighth in range(8):
        columns = [sum(four) for four in zip(*rows[4 * eighth : 4 * eighth + 4], strict=True)]
        means = [sum(columns[start:stop]) / (stop - start) for start, stop in _COLUMNS]
        for at in range(8):
            bits |= (means[at] < means[at + 1]) << (8 * eighth + at)
    return bits


def _spectrum(rows: list[bytes]) -> int:
    """A cosine transform's lowest frequencies; unlike the mean, they bear other lighting."""
    along = [[sum(map(float.__mul__, wave, map(float, row))) for row in rows] for wave in _WAVES]
    bits = 0
    for bit, (down, across) in enumerate(_LOWEST):
        bits |= (sum(map(float.__mul__, _WAVES[down], along[across])) > 0) << bit
    return bits


# --- Texts: a sample of shingles -----------------------------------------------------------------------------

SHINGLE = 6  # characters, or words of a Latin script: two to four Chinese words; changing one spoils six
SAMPLE = 16  # one shingle in sixteen is kept, the same ones in every text, so that any two can be compared
MAX_KEYS = 1000  # the lowest; a text of more than some 16,000 characters is sampled more thinly
MIN_KEYS = 8  # fewer (some 130 characters) say nothing
MIN_SHARED = 6  # a sentence quoted is no copy
# A copy with every sixth character changed still shares (5/6)^6 = 33 % of its shingles; texts on one subject that
# were written apart shared under 3 %.
MIN_SHARE = 30  # percent of the shorter text
MAX_CHARACTERS = 1_000_000  # what lies beyond is not looked at
SHOWN = 6_000  # characters of a text that are laid beside another

_BITS = 60  # fits PostgreSQL's bigint, and leaves the negative numbers to the pictures


@dataclass(frozen=True)
class TextSketch:
    """The kept shingles of one text as numbers, sorted; all below `ceiling` were kept."""

    keys: tuple[int, ...]
    ceiling: int

    def below(self, ceiling: int) -> int:
        """How many of its keys lie below a mark."""
        return sum(key < ceiling for key in self.keys)


def text_sketch(text: str) -> TextSketch | None:
    """The sample of a text; None where it is too short to compare."""
    hashes = {_number(words) for words in _shingles([word for word, _, _ in _words(_same_width(text))])}
    ceiling = (1 << _BITS) // SAMPLE
    keys = sorted(number for number in hashes if number < ceiling)
    if len(keys) > MAX_KEYS:
        keys, ceiling = keys[:MAX_KEYS], keys[MAX_KEYS]
    return TextSketch(tuple(keys), ceiling) if len(keys) >= MIN_KEYS else None


def text_score(shared: int, one: int, other: int) -> int:
    """Percent of the shorter text that also stands in the other; 0 where that is too little to be told.

    shared, one, other: keys in common, and of each, below the lower of both ceilings.
    """
    shorter = min(one, other)
    if shared < MIN_SHARED or shorter < MIN_KEYS:
        return 0
    share = min(100, round(100 * shared / shorter))
    return share if share >= MIN_SHARE else 0


def marked_passages(text: str, other: str) -> list[tuple[str, bool]]:
    """The beginning of a text in pieces, each with whether it also stands in the other one; for the eye."""
    text, other = _same_width(text[:SHOWN]), _same_width(other)
    known = set(_shingles([word for word, _, _ in _words(other)]))
    words = list(_words(text))
    shared = bytearray(len(text))
    for at, shingle in enumerate(_shingles([word for word, _, _ in words])):
        if shingle in known:
            start, end = words[at][1], words[at + SHINGLE - 1][2]
            shared[start:end] = b"\1" * (end - start)
    edges = [0, *(at for at in range(1, len(text)) if shared[at] != shared[at - 1]), len(text)]
    return [(text[start:end], bool(shared[start])) for start, end in pairwise(edges) if end > start]


def template_limit(texts: int) -> int:
    """In more than so many of the texts known, a shingle belongs to a form or a set phrase and is no evidence."""
    return max(50, texts // 100)


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """(word, start, end): Chinese characters one by one, other letters and digits in runs; signs and case fall away."""
    start = -1  # of a run
    for at, character in enumerate(text):
        chinese = is_chinese(character)
        if character.isalnum() and not chinese:
            start = at if start < 0 else start
            continue
        if start >= 0:
            yield text[start:at].casefold(), start, at
            start = -1
        if chinese:
            yield character, at, at + 1
    if start >= 0:
        yield text[start:].casefold(), start, len(text)


def _shingles(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(SHINGLE)), strict=False)


def _same_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])


def is_chinese(character: str) -> bool:
    """An ideograph of any plane."""
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def _number(words: tuple[str, ...]) -> int:
    """60 bits that are the same everywhere and always."""
    return int.from_bytes(blake2b("\x00".join(words).encode(), digest_size=8).digest(), "big") >> (64 - _BITS)
