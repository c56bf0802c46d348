"""What the page of a copy without names shows (匿名版)."""

from dataclasses import dataclass
from functools import cached_property

from core.problems import Problem

from .services.work_dossier import files_of
from .services.work_files import anonymising, purpose_of
from .work_pages import FileShown, Slot, WorkPage, shown_files


@dataclass(frozen=True)
class CopySlot(Slot):
    """Where the copy without names of one file goes (匿名版)."""

    original: FileShown

    @property
    def anchor(self) -> str:
        """One a file."""
        return f"copy-{self.original.file.pk}"

    @property
    def query(self) -> str:
        """Says which file it is a copy of."""
        return f"?copy={self.original.file.pk}"

    @property
    def label(self) -> str:
        """Of the file input."""
        return f"{'换一个' if self.files else '上传'}匿名版文件"

    @property
    def many(self) -> str:
        """One copy a file, however many files the material has."""
        return ""


class AnonymousPage(WorkPage):
    """The copy without names before its people: a slot for each file of the version that counts."""

    @cached_property
    def shut(self) -> list[Problem]:
        """Why nothing can be given now."""
        return anonymising(self.work)

    @cached_property
    def copies(self) -> list[CopySlot]:
        """Of every file that judges would see."""
        originals = shown_files(self.dossier, files_of(self.work.current) if self.work.current else [])
        given = {one.file.anonymous_of_id: one for one in shown_files(self.dossier, self.dossier.copies)}
        found = []
        for one in originals:
            if (material := self.dossier.material(one.file.material)) and one.file.file:
                purpose = purpose_of(self.work, material.code, one.file)
                coming = [upload for upload in self.dossier.copies_coming if upload.purpose == purpose]
                mine = [given[one.file.pk]] if one.file.pk in given else []
                found.append(CopySlot(material, mine, coming, purpose, one))
        return found
