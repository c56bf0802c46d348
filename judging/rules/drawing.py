"""抽签: the running order follows from a seed that was published first; anybody can draw it again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from core.problems import Problem

SEED_MAX = 64
ALGORITHM = "对每件作品，把“种子:作品编号”按 UTF-8 求 SHA-256；按结果（十六进制）从小到大排，就是出场次序"


@dataclass(frozen=True)
class Drawn:
    """One work's place, and the number that put it there."""

    position: int  # counted from 1
    work: str  # A-0422
    digest: str  # 64 hex digits


def draw(seed: str, works: Iterable[str]) -> list[Drawn]:
    """The running order: works by the SHA-256 of `seed:work`, smallest first."""
    digests = sorted((hashlib.sha256(f"{seed}:{work}".encode()).hexdigest(), work) for work in works)
    return [Drawn(position, work, digest) for position, (digest, work) in enumerate(digests, 1)]


def check_seed(seed: str, published: str = "") -> list[Problem]:
    """A seed is published once: whoever could try another one would choose the order."""
    if published and seed != published:
        return [Problem("seed.published", f"种子“{published}”已经公布，不能再换", "seed")]
    if not 4 <= len(seed) <= SEED_MAX or not seed.isprintable():
        said = f"种子要 4 到 {SEED_MAX} 个字，最好由现场观众当场报数"
        return [Problem("seed.length", said, "seed")]
    return []
