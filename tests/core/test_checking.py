"""A stored file's check: kept, scanned by a small clamd of our own; a scanner's silence is not “clean”."""

import io
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from core.files import states
from core.files.inspection.checking import CHECK, check, check_later, remember
from core.files.inspection.inspecting import inspect
from core.files.models import FileCheck, StoredFile
from core.files.services import keep
from core.jobs.models import Job
from core.jobs.services import drain
from tests.core import good_files as good

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.CLAMD_SOCKET = ""


class Clamd:
    """Speaks INSTREAM on a unix socket; hears whole files, answers what the test says."""

    def __init__(self, path: str) -> None:
        self.heard: list[bytes] = []
        self.answer: Callable[[bytes], bytes] = lambda _: b"stream: OK\0"
        self.line = socket.socket(socket.AF_UNIX)
        self.line.bind(path)
        self.line.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                caller, _ = self.line.accept()
            except OSError:
                return
            with caller, caller.makefile("rb") as words:
                assert words.read(10) == b"zINSTREAM\0"
                data = b""
                while size := int.from_bytes(words.read(4), "big"):
                    data += words.read(size)
                self.heard.append(data)
                caller.sendall(self.answer(data))


@pytest.fixture
def clamd(settings, tmp_path_factory) -> Iterator[Clamd]:
    settings.CLAMD_SOCKET = str(tmp_path_factory.mktemp("c") / "s")
    clamd = Clamd(settings.CLAMD_SOCKET)
    yield clamd
    clamd.line.close()


def kept(content: bytes = good.png(), name: str = "a.png") -> StoredFile:
    return keep(io.BytesIO(content), name=name, owner=None, limit=10**7)


def test_without_a_scanner_a_sound_file_passes_and_its_facts_stay():
    stored = kept()
    assert check(stored).state == states.PASSED
    assert FileCheck.objects.get(file=stored).found == inspect(io.BytesIO(good.png()), "a.png")


def test_a_refused_file_keeps_its_reason():
    result = check(kept(b"<svg onload='x'/>", "a.svg"))
    assert (result.state, result.code, FileCheck.objects.get().code) == (states.REFUSED, "file.markup", "file.markup")
    assert check(result.file).state == states.REFUSED


def test_the_scanner_hears_every_byte(clamd):
    assert check(kept()).state == states.PASSED
    assert clamd.heard == [good.png()]


def test_a_virus_is_refused_by_name(clamd):
    clamd.answer = lambda _: b"stream: Eicar-Test-Signature FOUND\0"
    result = check(kept())
    assert (result.state, result.code) == (states.REFUSED, "file.infected")
    assert "Eicar-Test-Signature" in result.message


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"",
        b"OK\0",
    ],
)
def test_anything_but_ok_keeps_the_file_waiting(clamd, answer):
    clamd.answer = lambda _: answer
    assert check(kept()).state == states.WAITING


@pytest.mark.django_db(transaction=True)
def test_a_dead_scanner_is_asked_again_by_the_job(settings, clamd):
    alive, settings.CLAMD_SOCKET = settings.CLAMD_SOCKET, "/nonexistent/clamd"
    stored = kept()
    assert check(stored).state == states.WAITING
    assert drain(CHECK) == 1
    job = Job.objects.get(kind=CHECK)
    assert (job.state, job.last_error) == ("waiting", "查毒程序没有应答")
    settings.CLAMD_SOCKET = alive
    Job.objects.update(not_before=job.created)
    assert drain(CHECK) == 1
    assert FileCheck.objects.get(file=stored).state == states.PASSED


def test_a_job_checks_what_was_stored():
    stored = kept()
    assert check_later(stored).state == states.WAITING
    assert (drain(CHECK), FileCheck.objects.get().state) == (1, states.PASSED)


def test_what_was_inspected_before_is_only_scanned(clamd):
    stored = kept()
    assert remember(stored, inspect(io.BytesIO(good.png()), "a.png")).state == states.WAITING
    assert (drain(CHECK), FileCheck.objects.get().state, len(clamd.heard)) == (1, states.PASSED, 1)


def test_labels_of_ai_content_survive_byte_for_byte():
    for name in ("图.png", "照片.jpg", "视频.mp4"):
        content = good.good_files()[name]
        stored = kept(content, name)
        check(stored)
        assert b"AIGC" in content or good.LABEL.encode() in content
        assert StoredFile.objects.get(pk=stored.pk).blob.read() == content
