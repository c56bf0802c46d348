"""An upload's services: begun, appended to, completed, given up."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.accounts.models import User
from core.files import parts
from core.files.kinds import PDF
from core.files.models import StoredFile, Upload
from core.files.services import erase
from core.files.states import CANCELLED, COMPLETE, EXPIRED
from core.files.uploads import OPEN_AT_ONCE, NotAccepted, append, cancel, complete, expire
from core.jobs.services import drain
from core.problems import Problem, Refused
from core.states import StaleState
from tests.core.uploading.build import CONTENT, begun, files, files_no_longer_than, sent, sha256

MB = parts.MB

pytestmark = pytest.mark.django_db


class Cut(io.BytesIO):
    """A body whose line is cut after its last byte."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise ConnectionResetError
        return data


def test_a_file_that_comes_in_pieces_is_kept_whole(owner):
    stored = complete(sent(begun(owner)))
    assert (stored.owner, stored.original_name, stored.kind) == (owner, "方案.pdf", PDF)
    assert (stored.size, stored.sha256) == (len(CONTENT), sha256(CONTENT))
    assert stored.blob.read() == CONTENT
    assert [path.relative_to(settings.MEDIA_ROOT) for path in files()] == [Path(stored.blob.name)]


def test_completing_twice_gives_one_file(owner):
    upload = sent(begun(owner))
    assert complete(upload) == complete(upload)
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 0}, "file.empty"),
        ({"size": 11, "limit": 10}, "file.too_large"),
        ({"sha256": "0"}, "upload.sha256"),
        ({"sha256": "0" * 64 + "\n"}, "upload.sha256"),
        ({"size": 10**15, "limit": 10**16}, "upload.storage_full"),
    ],
)
def test_what_is_not_even_begun(owner, changes, code):
    with pytest.raises(Refused) as refusal:
        begun(owner, **changes)
    assert (refusal.value.codes, Upload.objects.count()) == ([code], 0)


def test_nobody_begins_without_end(owner):
    for number in range(OPEN_AT_ONCE):
        begun(owner, sha256=f"{number:064x}")
    with pytest.raises(Refused, match="已有 50 个文件没有传完"):
        begun(owner)


def test_the_same_file_for_the_same_slot_goes_on(owner):
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[: MB + 5]))
    again = begun(owner)
    assert (again, again.offset) == (upload, MB + 5)
    assert upload not in {begun(owner, purpose="slot:2"), begun(User.objects.create_user("别人", email="b@b.test"))}


def test_what_arrived_before_the_cut_is_kept(owner):
    upload = append(begun(owner), 0, Cut(CONTENT[:1_500_000]))
    assert upload.offset == 1_500_000
    assert complete(sent(upload)).blob.read() == CONTENT


def test_bytes_beyond_the_offset_are_a_torn_piece(owner):
    """The server died between the disk and the row: the row counts."""
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[:MB]))
    with Path(parts.disk_path(upload)).open("ab") as file:
        file.write(b"torn" * 1000)
    assert complete(sent(upload)).blob.read() == CONTENT


@pytest.mark.parametrize("offset", [0, MB - 1, MB + 1])
def test_wrong_offset(owner, offset):
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[:MB]))
    with pytest.raises(Refused) as refusal:
        append(upload, offset, io.BytesIO(b"x"))
    assert refusal.value.codes == ["upload.offset"]
    assert Path(parts.disk_path(upload)).read_bytes() == CONTENT[:MB]


def test_more_than_announced(owner):
    upload = begun(owner)
    with pytest.raises(Refused) as refusal:
        append(upload, 0, io.BytesIO(CONTENT + b"x"))
    upload.refresh_from_db()
    assert (refusal.value.codes, upload.offset) == (["upload.too_long"], 2 * MB)


def test_another_content_than_announced_is_not_taken(owner):
    upload = sent(begun(owner), CONTENT[::-1])
    with pytest.raises(NotAccepted, match="SHA-256 不符"):
        complete(upload)
    drain("upload.erase")
    upload.refresh_from_db()
    assert (upload.state, files(), StoredFile.objects.count()) == (CANCELLED, [], 0)
    assert upload.note.startswith("收到的文件与选择时不一致")
    assert begun(owner) != upload  # and may be tried again


def test_the_app_has_the_last_word(owner):
    def refuse(upload: Upload, stored: StoredFile) -> None:
        raise Refused(Problem("slot.unwanted", "这里不收 PDF"))

    upload = sent(begun(owner))
    with pytest.raises(NotAccepted, match="这里不收 PDF"):
        complete(upload, finished=refuse)
    assert (StoredFile.objects.count(), Upload.objects.get().note) == (0, "这里不收 PDF")


def test_a_fault_of_the_app_undoes_the_end_only(owner):
    def fail(upload: Upload, stored: StoredFile) -> None:
        raise ZeroDivisionError

    upload = sent(begun(owner))
    with suppress(ZeroDivisionError):
        complete(upload, finished=fail)
    assert complete(upload).blob.read() == CONTENT


def test_not_yet_whole(owner):
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[:MB]))
    with pytest.raises(Refused, match="文件还没有传完"):
        complete(upload)
    assert complete(sent(upload)).size == len(CONTENT)


def test_a_whole_file_is_not_replaced_under_its_id(owner):
    upload = sent(begun(owner))
    stored = complete(upload)
    with pytest.raises(Refused) as refusal:
        append(upload, 0, io.BytesIO(CONTENT[::-1]))
    assert refusal.value.codes == ["upload.complete"]
    assert stored.blob.read() == CONTENT


def test_cancelled(owner):
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[:MB]))
    cancel(upload, by=owner)
    drain("upload.erase")
    assert files() == []
    with pytest.raises(Refused, match="这次上传已取消，请重新选择文件上传"):
        append(upload, MB, io.BytesIO(b"x"))
    with pytest.raises(StaleState):
        cancel(upload, by=owner)


def test_only_the_forgotten_expire(owner):
    forgotten, fresh = begun(owner), begun(owner, sha256="0" * 64)
    append(forgotten, 0, io.BytesIO(CONTENT[:MB]))
    Upload.objects.filter(pk=forgotten.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (expire(), expire()) == (1, 0)
    drain("upload.erase")
    assert (files(), Upload.objects.get(state=EXPIRED), fresh.state) == ([], forgotten, "open")


def test_each_piece_gives_another_day(owner):
    upload = begun(owner)
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    assert append(upload, 0, io.BytesIO(b"%")).expires_at > timezone.now() + timedelta(hours=23)
    assert expire() == 0


def test_erasing_the_file_takes_the_upload_along(owner):
    upload = sent(begun(owner))
    erase([complete(upload)])
    drain("file.erase")
    assert (files(), Upload.objects.count()) == ([], 0)
    assert {event.name for event in Upload.pgh_event_model.objects.all()} == {"（已删除）"}


def test_history_tells_the_steps_not_the_pieces(owner):
    complete(sent(begun(owner)))
    told = Upload.pgh_event_model.objects.order_by("pgh_id")
    assert [(event.state, event.pgh_context["verb"]) for event in told] == [
        ("open", "upload.begun"),
        (COMPLETE, "upload.completed"),
    ]


def test_a_part_that_was_lost_is_begun_anew(owner):
    """A database restored without its files."""
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[:MB]))
    Path(parts.disk_path(upload)).unlink()
    with pytest.raises(Refused, match="已传的部分不在服务器上了"):
        sent(upload)
    anew = begun(owner)
    assert (anew.offset, complete(sent(anew)).size) == (0, len(CONTENT))


@pytest.mark.django_db(transaction=True)
def test_eight_windows_at_once_make_one_file(owner):
    """Each sends all that is missing; whoever comes second to a piece is told so and looks again."""
    upload = begun(owner)

    def window(_: int) -> None:
        try:
            while not (now := Upload.objects.get(pk=upload.pk)).whole:
                with suppress(Refused):
                    sent(now)
            complete(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as hands:
        list(hands.map(window, range(8)))
    assert StoredFile.objects.get().blob.read() == CONTENT
    assert len(files()) == 1


def test_a_full_disk_is_said_and_costs_nothing(owner):
    """The disk takes half a piece, then no more; later there is room again."""
    upload = append(begun(owner), 0, io.BytesIO(CONTENT[:MB]))
    with files_no_longer_than(MB + MB // 2), pytest.raises(Refused, match=r"存储空间满了.*已传的部分还在") as refusal:
        sent(upload)
    upload.refresh_from_db()
    assert (refusal.value.codes, upload.offset) == (["upload.storage_full"], MB)
    assert complete(sent(upload)).blob.read() == CONTENT
