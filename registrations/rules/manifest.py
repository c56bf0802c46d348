"""A work's content as one text that anybody can hash again: the receipt (回执) is the SHA-256 of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from tracks.rulebook import BEIJING


@dataclass(frozen=True)
class FileLine:
    """A file as the manifest names it."""

    material: str
    position: int
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Content:
    """What is handed in: texts by material code, the AI declaration, the files in order."""

    fields: Mapping[str, str]
    ai_used: bool | None
    ai: Mapping[str, str]
    files: tuple[FileLine, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the content alone, hexadecimal: the same content has the same digest."""
        return sha256(_canonical(self._told()))

    def manifest(self, *, number: str, version: int, at: datetime) -> str:
        """The whole text: content, number, version, moment. `sha256` of it is the receipt."""
        when = at.astimezone(BEIJING).isoformat(timespec="microseconds")
        head = {"work": number, "version": version, "submitted_at": when}
        return _canonical(head | self._told())

    def _told(self) -> dict[str, object]:
        return {
            "fields": {code: said for code, said in self.fields.items() if said},
            "ai_used": self.ai_used,
            "ai": {code: said for code, said in self.ai.items() if said} if self.ai_used else {},
            "files": [asdict(line) for line in self.files],
        }


def sha256(text: str) -> str:
    """Of the UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
