"""Copies are near, other works are not."""

import pytest
from PIL import Image

from registrations.rules.likeness import (
    MAX_DIFFERENCE,
    MAX_KEYS,
    SIDE,
    WINDOWS,
    PictureHash,
    picture_hash,
    picture_keys,
    picture_probes,
    pictures_score,
    template_limit,
    text_score,
    text_sketch,
)
from tests.registrations.works.pictures import EDITS, picture
from tests.registrations.works.texts import edited, essay

PICTURES = range(12)


def hashed(image: Image.Image, window: tuple[float, ...] = WINDOWS[0]) -> PictureHash | None:
    width, height = image.size
    box = (window[0] * width, window[1] * height, window[2] * width, window[3] * height)
    return picture_hash(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX, box=box).tobytes())


def best(copy: Image.Image, original: Image.Image) -> int:
    return max(pictures_score(hashed(copy), hashed(original, window)) for window in WINDOWS)


def share(one: str, other: str) -> int:
    first, second = text_sketch(one), text_sketch(other)
    ceiling = min(first.ceiling, second.ceiling)
    shared = len({key for key in first.keys if key < ceiling} & set(second.keys))
    return text_score(shared, first.below(ceiling), second.below(ceiling))


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_near(edit):
    """Cutting a tenth away may hide one of twelve; `bench_likeness` prints the rates."""
    missed = [seed for seed in PICTURES if not best(EDITS[edit](picture(seed)), picture(seed))]
    assert len(missed) <= ("tenth" in edit)


def test_other_pictures_are_not_near():
    hashes = [[hashed(picture(seed), window) for window in WINDOWS] for seed in range(40)]
    near = [(a, b) for a in range(40) for b in range(40) if a != b for part in hashes[b]
            if pictures_score(hashes[a][0], part)]  # fmt: skip
    assert near == []


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_blank_page_is_like_nothing(grey):
    assert picture_hash(bytes([grey]) * SIDE * SIDE) is None


def test_another_number_of_pixels_is_a_mistake():
    with pytest.raises(ValueError, match="1023"):
        picture_hash(bytes(1023))


def test_the_mirror_of_a_mirror_is_the_picture():
    found = hashed(picture(1))
    assert found.mirrored.mirrored == found


@pytest.mark.parametrize(
    "turned", [(0, 1, 16, 17, 32, 33, 48, 49, 50, 51, 52), (0, 5, 9, 20, 25, 31, 40, 41, 42, 60, 63)]
)
def test_the_index_finds_every_picture_within_reach(turned):
    """Eleven differing bits, however they fall upon the four bands."""
    found = hashed(picture(3))
    assert len(turned) == MAX_DIFFERENCE
    other = PictureHash(found.difference ^ sum(1 << bit for bit in turned), found.spectrum)
    assert set(picture_probes(found)) & set(picture_keys(other))


@pytest.mark.parametrize(("percent", "least"), [(0, 100), (5, 60), (10, 40)])
def test_a_text_with_small_edits_is_near(percent, least):
    assert share(edited(essay(1), percent), essay(1)) >= least


def test_texts_on_one_subject_are_not_near():
    assert [(a, b) for a in range(12) for b in range(a) if share(essay(a), essay(b))] == []


def test_width_case_and_punctuation_do_not_hide_a_copy():
    disguised = essay(1).replace("，", " ， ").replace("。", "\n\n") + "ＡＩ"
    assert share(disguised, essay(1)) == 100


def test_a_chapter_copied_into_a_long_text_is_found():
    assert share(essay(1, 1500), essay(2, 30_000) + essay(1, 1500) + essay(3, 30_000)) > 60


def test_a_long_text_is_sampled_more_thinly():
    sketch = text_sketch(essay(1, 60_000))
    assert len(sketch.keys) == MAX_KEYS
    assert max(sketch.keys) < sketch.ceiling


@pytest.mark.parametrize("text", ["", "一句话。", "，。！" * 500, "人工智能" * 10])
def test_too_little_text_says_nothing(text):
    assert text_sketch(text) is None


@pytest.mark.parametrize(
    ("shared", "one", "other", "score"),
    [(6, 20, 90, 30), (5, 8, 9, 0), (6, 7, 90, 0), (29, 100, 400, 0), (50, 50, 60, 100)],
)
def test_the_shorter_text_counts(shared, one, other, score):
    assert text_score(shared, one, other) == score


@pytest.mark.parametrize(("texts", "limit"), [(0, 50), (5000, 50), (20_000, 200)])
def test_what_stands_in_one_text_of_a_hundred_is_a_template(texts, limit):
    assert template_limit(texts) == limit
