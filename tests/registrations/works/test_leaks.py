"""Names in what was handed in: in fields, texts, file names, document properties and EXIF."""

import io

import docx
import pytest

from registrations.models import FormerName
from registrations.services.leaks import identity_of, leaks_of, scan
from registrations.work_flags import leak_words
from tests.core import good_files
from tests.registrations.works.handed_in import Brought, entry, hand_in, text
from tests.registrations.works.likeness_traces import begun

NAME = "祝小宇"


def found(version) -> list[tuple[str, str, str]]:
    scan(version)
    version.refresh_from_db()
    return [(leak.label, leak.whose, leak.strength) for leak in leaks_of(version)]


def document(**properties: str) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("人工智能与科普。" * 5)
    for key, value in properties.items():
        setattr(made.core_properties, key, value)
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "label"),
    [
        (Brought("祝小宇-作品.txt", "光合作用".encode()), "文件名"),
        (text("指导学生：祝小宇"), "文件里的文字"),
        (Brought("课程.docx", good_files.word(author=NAME)), "文件属性"),
        (Brought("课程.docx", document(last_modified_by=NAME)), "文件属性"),
        (Brought("课程.pdf", good_files.pdf(author="Zhu Xiaoyu")), "文件属性"),
        (Brought("图.jpg", good_files.jpeg(artist=NAME.encode())), "文件属性"),
        (Brought("老图.jpg", good_files.jpeg(artist=NAME.encode("gb18030"))), "文件属性"),
        (Brought("源码.zip", good_files.archive({"zhuxiaoyu/main.js": "1"})), "压缩包里的文件名"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_name_in_a_file_is_found_where_it_stands(edition, file, label):
    leaks = found(hand_in(entry(edition, NAME), file))
    assert [(where.split()[0], whose, strength) for where, whose, strength in leaks] == [(label, NAME, "strong")]


def test_what_was_typed_is_read_too(edition):
    version = hand_in(entry(edition, NAME), title="祝小宇的光合作用", description="深圳龙岗区实验学校出品")
    assert [(whose, strength) for _, whose, strength in found(version)] == [
        (NAME, "strong"), ("龙岗区实验学校", "strong"),
    ]  # fmt: skip


def test_a_clean_work_is_clean(edition):
    version = hand_in(entry(edition, NAME), text("光合作用把光能变成化学能。", "作品.txt"), title="叶子的厨房")
    assert found(version) == []
    assert version.examination.scanned_at is not None


def test_scanning_again_takes_the_place_of_what_was_found(edition):
    version = hand_in(entry(edition, NAME), text(NAME))
    assert [len(found(version)) for _ in range(2)] == [1, 1]


def test_the_identity_holds_everybody_and_the_unit_with_its_former_names(desk):
    row = desk.stamped(1, name="王小芳", organisation="始兴县城南中学")[0]
    FormerName.objects.create(unit=desk.unit, name="始兴县科普协会")
    made = begun(desk.edition, NAME, "13800138901")
    made.row = row
    identity = identity_of(made)
    assert [person.name for person in identity.people] == ["王小芳", NAME, NAME]
    assert set(identity.organisations) >= {"始兴县城南中学", "始兴县科普协会", desk.unit.full_name}


def test_what_is_kept_shows_no_whole_number(edition):
    version = hand_in(entry(edition, NAME), title="联系 13800138009 或 13800138010")
    by = version.submitted_by
    version = hand_in(version.work.entry, text(f"电话 {by.phone.removeprefix('+86')}，另 13800138010"))
    assert [label for label, _, _ in found(version)] == ["文件里的文字"]
    assert by.phone[3:] not in str(version.examination.leaks)
    assert "13800138010" not in str(version.examination.leaks)


def test_a_file_that_was_not_checked_is_named(edition):
    version = hand_in(entry(edition, NAME), text("光合作用"))
    version.files.get().file.file.check_result.delete()
    scan(version)
    version.refresh_from_db()
    assert version.examination.unread == ["文案.txt"]


def test_the_letter_says_where_the_names_stand(edition):
    version = hand_in(entry(edition, NAME), text(NAME, "祝小宇.txt"))
    scan(version)
    version.refresh_from_db()
    assert leak_words(version) == "“祝小宇.txt”的文件名：祝小宇；“祝小宇.txt”的文件里的文字：祝小宇"
    assert leak_words(None) == ""
