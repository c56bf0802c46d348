"""Previews: drawn anew without metadata, told how far they are, gone with their original, which never changes."""

import io
import json
from pathlib import Path

import av
import pytest
from django.db import transaction
from PIL import Image

from core.files import states
from core.files.derived.making import DERIVE, derive, derive_later, text_of
from core.files.inspection.checking import check
from core.files.inspection.inspecting import inspect
from core.files.models import Derivation, Derived, StoredFile
from core.files.services import erase, keep
from core.jobs.services import drain
from tests.core import good_files as good

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.CLAMD_SOCKET = ""


def kept(content: bytes, name: str) -> StoredFile:
    return keep(io.BytesIO(content), name=name, owner=None, limit=10**7)


def derived(content: bytes, name: str) -> dict[str, list[Derived]]:
    """The previews of a file, by kind."""
    stored = kept(content, name)
    check(stored)
    derive(stored)
    made: dict[str, list[Derived]] = {}
    for preview in stored.derived.select_related("stored"):
        made.setdefault(preview.kind, []).append(preview)
    return made


def image(preview: Derived) -> Image.Image:
    return Image.open(io.BytesIO(preview.stored.blob.read()))


@pytest.mark.parametrize(("content", "name"), [(good.png(2400, 900), "a.png"), (good.jpeg(2400, 900), "a.jpg")])
def test_a_picture_is_smaller_and_says_nothing_more(content, name):
    (preview,) = derived(content, name)["picture"]
    shown = image(preview)
    assert (shown.format, shown.size, dict(shown.getexif())) == ("WEBP", (1600, 600), {})
    assert b"AIGC" not in preview.stored.blob.read()
    assert preview.showable


def test_a_film_gets_a_poster_and_a_film_to_play():
    made = derived(good.film(seconds=3, width=1920, height=1080), "a.mp4")
    assert image(made["poster"][0]).size == (1600, 900)
    with av.open(io.BytesIO(made["video"][0].stored.blob.read())) as film:
        video, audio = film.streams.video[0].codec_context, film.streams.audio[0].codec_context
        assert (video.name, video.width, video.height, audio.name) == ("h264", 1280, 720, "aac")
        assert film.duration / 1e6 == pytest.approx(3, abs=0.3)
        assert "AIGC" not in json.dumps(film.metadata)


def test_a_film_held_upright_stays_upright():
    turned = good.upright(good.film(seconds=2, width=320, height=180))
    (preview,) = derived(turned, "a.mp4")["video"]
    assert inspect(preview.stored.blob, "a.mp4").width == preview.width == 180


def test_pages_and_text_of_a_pdf():
    made = derived(good.pdf(pages=32), "a.pdf")
    assert [page.position for page in made["page"]] == list(range(1, 31))
    assert text_of(made["text"][0]).startswith("Science for everyone 1")


def test_an_office_document_shows_its_thumbnail_and_its_words():
    made = derived(good.slides(), "a.pptx")
    assert (made["thumbnail"][0].width, text_of(made["text"][0]).split()) == (256, ["人工智能"] * 3)


def test_the_original_stays_byte_for_byte():
    stored = kept(good.png(), "a.png")
    check(stored)
    derive(stored)
    assert StoredFile.objects.get(pk=stored.pk).blob.read() == good.png()


def test_the_job_tells_how_far_it_is_and_does_it_once():
    stored = kept(good.pdf(pages=3), "a.pdf")
    check(stored)
    with transaction.atomic():
        derive_later(stored)
    assert (drain(DERIVE), stored.derived.count()) == (1, 4)
    making = Derivation.objects.get(original=stored)
    assert (making.state, making.done, making.total) == (states.READY, 4, 4)
    derive(stored)
    assert stored.derived.count() == 4


def test_a_worker_that_died_half_way_leaves_nothing_double():
    stored = kept(good.png(), "a.png")
    check(stored)
    derive(stored)
    Derivation.objects.filter(original=stored).delete()
    derive(stored)
    assert StoredFile.objects.count() == 2


def test_what_was_not_checked_gets_no_preview():
    stored = kept(good.png(), "a.png")
    derive(stored)
    assert (stored.derivation.state, stored.derived.count()) == (states.FAILED, 0)


def test_previews_go_with_their_original(tmp_path):
    stored = kept(good.png(), "a.png")
    check(stored)
    derive(stored)
    assert erase([stored]) == 1
    drain("file.erase")
    assert StoredFile.objects.count() == 0
    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []
