"""The facts about one file, as measured from its content. Knows neither Django nor the contest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ..kinds import BY_CONTENT_TYPE, UNKNOWN, Kind

TEXT_LIMIT = 200_000  # characters of text kept for the leak scan and the shingles
NAMES_LIMIT = 2_000  # names of an archive's entries kept


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file is. A measure that its kind does not have, or that could not be taken, is 0 or empty."""

    kind: Kind
    size: int  # bytes
    extension: str = ""  # `.csv`, as the user named it, in small letters
    width: int = 0  # pixels of the picture, or of the video as it is shown
    height: int = 0
    dpi: int = 0  # as the picture declares it; the smaller of both directions
    animated: bool = False
    seconds: float = 0.0  # from the first packet to the end of the last, not what the header says
    video_codec: str = ""  # h264, hevc …
    audio_codec: str = ""
    pages: int = 0  # of a PDF; slides of a presentation; sheets of a workbook
    characters: int = 0  # of all text, without blanks
    text: str = ""  # its beginning, TEXT_LIMIT
    metadata: Mapping[str, str] = field(default_factory=dict)  # EXIF, PNG texts, PDF info, document properties, tags
    entries: int = 0  # files in an archive
    inflated: int = 0  # bytes they say they unpack to
    names: tuple[str, ...] = ()  # of these files, NAMES_LIMIT

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        told = {name.name: getattr(self, name.name) for name in fields(self)}
        return told | {
            "kind": self.kind.content_type,
            "metadata": dict(self.metadata),
            "names": list(self.names),
        }

    @classmethod
    def loaded(cls, stored: Mapping[str, Any]) -> "Found":
        """The same, read back."""
        kind = BY_CONTENT_TYPE.get(stored["kind"], UNKNOWN)
        return cls(**{**stored, "kind": kind, "names": tuple(stored["names"])})
