"""What the machine has noticed about a version, for the page of the contact."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.accounts.models import User

from .likeness_models import Examination
from .services.leaks import FoundLeak, leaks_of
from .services.likeness import Alike, likenesses_of
from .work_models import WorkVersion

TOLD = 12  # leaks that a request for an anonymous copy names
LABELS = {"person": "姓名", "organisation": "学校或单位", "phone": "手机号", "email": "邮箱"}


@dataclass(frozen=True)
class Flags:
    """Likenesses and names."""

    alike: list[Alike]
    leaks: list[tuple[FoundLeak, str]]  # with the file's name
    examination: Examination | None

    @property
    def strong(self) -> list[tuple[FoundLeak, str]]:
        """Names that leave little doubt."""
        return [pair for pair in self.leaks if pair[0].is_strong]

    @property
    def weak(self) -> list[tuple[FoundLeak, str]]:
        """Words that are also names."""
        return [pair for pair in self.leaks if not pair[0].is_strong]


def flags_of(version: WorkVersion, user: User, names: Mapping[int, str]) -> Flags:
    """What to show of a version; names: of its files, by their keys. Constant in queries."""
    examination = getattr(version, "examination", None)
    leaks = [(leak, names.get(leak.file or 0, "")) for leak in leaks_of(version)]
    return Flags(likenesses_of(version, user), leaks, examination)


def leak_words(version: WorkVersion | None) -> str:
    """Where names stand, as a letter to the participants begins: 文件名“…”里的姓名；…"""
    if version is None or not hasattr(version, "examination"):
        return ""
    said = [
        f"{f'“{name}”的' if name else ''}{leak.label}：{leak.whose}" for leak, name in _named(version) if leak.is_strong
    ]
    return "；".join(dict.fromkeys(said[:TOLD]))


def _named(version: WorkVersion) -> list[tuple[FoundLeak, str]]:
    lines = version.files.select_related("file__file")
    names = {line.file_id: str(line.file) for line in lines}
    return [(leak, names.get(leak.file or 0, "")) for leak in leaks_of(version)]
