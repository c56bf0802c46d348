"""What is measured of sound files, from their content alone."""

import io

import pytest

from core.files.inspection.found import Found
from core.files.inspection.inspecting import inspect
from core.problems import Refused
from tests.core import good_files as good


def found(content: bytes, name: str) -> Found:
    return inspect(io.BytesIO(content), name)


def refused(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as refusal:
        found(content, name)
    return refusal.value.codes[0]


@pytest.mark.parametrize("name", list(good.good_files()))
def test_a_sound_file_of_every_kind_is_taken_and_comes_back_from_json(name):
    content = good.good_files()[name]
    file = found(content, name)
    assert (file.size, name.endswith(file.kind.extensions)) == (len(content), True)
    assert Found.loaded(file.stored()) == file


@pytest.mark.parametrize(("content", "name"), [(good.png(dpi=300), "a.png"), (good.jpeg(dpi=300), "a.jpg")])
def test_a_picture(content, name):
    file = found(content, name)
    assert (file.width, file.height, file.dpi, file.animated) == (640, 480, 300, False)


def test_a_film():
    file = found(good.film(seconds=12), "a.mp4")
    assert (file.width, file.height, file.video_codec, file.audio_codec) == (320, 180, "h264", "aac")
    assert file.seconds == pytest.approx(12, abs=0.1)


def test_a_film_from_a_telephone_held_upright():
    file = found(good.upright(good.film(seconds=2)), "a.mp4")
    assert (file.width, file.height) == (180, 320)


def test_a_film_in_an_old_codec_and_a_film_from_an_iphone():
    assert found(good.film(seconds=2, codec="mpeg4"), "a.mp4").video_codec == "mpeg4"
    assert found(good.film(seconds=2, form="mov"), "a.mov").kind.label == "MOV 视频"


def test_a_sound():
    file = found(good.mp3(seconds=5), "a.mp3")
    assert (file.audio_codec, round(file.seconds)) == ("mp3", 5)


def test_pages_and_characters():
    assert (found(good.pdf("abc", pages=2), "a.pdf").pages, found(good.pdf("abc", pages=2), "a.pdf").characters) == (
        2,
        8,
    )
    assert found(good.word("字" * 50), "a.docx").characters == 54
    assert (found(good.slides(3, "甲乙"), "a.pptx").pages, found(good.slides(3, "甲乙"), "a.pptx").characters) == (3, 6)


def test_an_archive_is_listed():
    file = found(good.archive({"a/b.js": "xy", "c.txt": "z"}), "a.zip")
    assert (file.entries, file.inflated, file.names) == (2, 3, ("a/b.js", "c.txt"))


@pytest.mark.parametrize(
    ("content", "name", "key", "said"),
    [
        (good.png(), "a.png", "AIGC", good.LABEL),
        (good.film(), "a.mp4", "comment", good.LABEL),
        (good.jpeg(artist="Writer"), "a.jpg", "Artist", "Writer"),
        (good.word(), "a.docx", "creator", "示例作者"),
        (good.pdf(author="Writer"), "a.pdf", "Author", "Writer"),
    ],
)
def test_labels_and_authors_are_read_from_metadata(content, name, key, said):
    assert found(content, name).metadata[key] == said


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (good.png(), "a.jpg", "file.extension"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "a.doc", "file.old_office"),
        (b"Rar!\x1a\x07\0", "a.rar", "file.unknown"),
        (b"", "a.png", "file.empty"),
    ],
)
def test_refused_with_a_reason_of_its_own(content, name, code):
    assert refused(content, name) == code


def test_a_second_picture_behind_the_first_is_what_cameras_do():
    assert found(good.jpeg() + good.jpeg(64, 64), "a.jpg").width == 640


def test_formulas_of_mathtype_stay():
    parts = {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + "Equation Native".encode("utf-16-le")}
    parts["word/formula.xml"] = '<o:OLEObject xmlns:o="o" ProgID="Equation.DSMT4"/>'
    with_formula = good.archive({**good.parts_of(good.word()), **parts})
    assert found(with_formula, "a.docx").characters > 0


def test_a_path_serves_as_well_as_an_open_file(tmp_path):
    (tmp_path / "a.png").write_bytes(good.png())
    assert inspect(tmp_path / "a.png", "a.png") == found(good.png(), "a.png")
