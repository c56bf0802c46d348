"""What is handed in and what is asked of people: materials, AI declaration, consents, retention."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from .contest import Faults
from .kinds import Code, Count, Ref

FileType = Literal["mp4", "mov", "mp3", "jpg", "png", "pdf", "docx", "pptx", "zip", "txt", "csv", "xlsx"]


@dataclass(frozen=True, kw_only=True)
class Material:
    """One field or file of a work (N23, practice 8–10), with minimum and maximum where either is set.

    Sizes are in MB (10⁶ bytes), lengths in seconds, dimensions in pixels.
    """

    code: Code
    name: str
    categories: tuple[Annotated[str, Ref("categories")], ...]
    kind: Literal["file", "text", "number", "choice", "link"]
    required: bool = False
    one_of: Code | None = None  # of the materials that share this word at least one is handed in
    types: tuple[FileType, ...] = ()
    count_min: Count = 0
    count_max: Count = 1
    size_min_mb: Count = 0
    size_max_mb: Count | None = None
    seconds_min: Count = 0
    seconds_max: Count | None = None
    width_min: Count = 0
    height_min: Count = 0
    dpi_min: Count = 0
    pages_max: Count | None = None
    codecs: tuple[str, ...] = ()
    characters_min: Count = 0
    characters_max: Count | None = None
    pattern: str = ""
    choices: tuple[str, ...] = ()
    public: bool = True  # may be shown on the works wall
    hint: str = ""
    source: str

    def faults(self) -> Faults:
        for name in ("count", "size", "seconds", "characters"):
            low = getattr(self, f"{name}_min{'_mb' if name == 'size' else ''}")
            high = getattr(self, f"{name}_max{'_mb' if name == 'size' else ''}")
            if high is not None and low > high:
                yield name + "_min", f"下限 {low} 大于上限 {high}，请对调或改正"
        if self.kind == "file" and not (self.types and self.size_max_mb):
            yield "types", "文件类材料须写明 types（格式）与 size_max_mb（上限）"
        if self.kind == "choice" and not self.choices:
            yield "choices", "选择类材料须写明 choices"
        if self.pattern:
            try:
                re.compile(self.pattern)
            except re.error as wrong:
                yield "pattern", f"不是合法的正则表达式：{wrong}"


@dataclass(frozen=True, kw_only=True)
class AIPolicy:
    """AI 使用政策 (practice 9): what must be declared, and the badge that public pages show."""

    policy: Literal["encourage", "declare", "cap", "forbid_direct"]
    share_max_percent: Count | None = None
    declaration: tuple[
        Literal["tool", "version", "provider", "stage", "use", "share", "prompts", "human_edits", "fact_check"], ...
    ]
    badge: str
    source: str

    def faults(self) -> Faults:
        if (self.policy == "cap") != (self.share_max_percent is not None):
            yield "share_max_percent", "policy = cap 时写 share_max_percent，其他政策不写"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A versioned text that people accept; version, hash and time are stored with each acceptance (practice 6–7)."""

    code: Code
    version: str
    title: str
    text: str
    asked_of: tuple[Literal["participant", "guardian", "instructor", "officer", "judge"], ...]
    at: Literal["account", "register", "submit", "display", "judge"]
    required: bool
    source: str


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long a kind of personal data is kept after a milestone, before the nightly purge."""

    data: Literal["contact", "guardian", "birth_month", "evidence", "scan", "work", "ballot_identity", "training"]
    months: Count
    after: Annotated[str, Ref("milestones")]
    source: str
