"""可疑选票: what the organiser is shown. Nothing here decides: a person sets ballots aside, with a reason.

An address is no suspicion by itself: 300 voters in one hotel share one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

DEVICE_IDENTITIES = 3  # so many phones voting from one browser
BURST_BALLOTS = 8  # so many ballots in a row …
BURST_GAP = timedelta(milliseconds=120)  # … from one address, each so soon after the one before


@dataclass(frozen=True)
class Cast:
    """A ballot as it came in; hashes only."""

    ballot: int
    identity: str
    device: str  # "": the browser had none, as a script has
    place: str
    at: datetime


@dataclass(frozen=True)
class Suspicion:
    """Ballots that belong together, and why they are shown."""

    key: str  # names the group as long as it lasts, without telling which ballots, or how many
    code: str  # device, no_device, burst
    why: str
    ballots: tuple[int, ...]


def suspicions(ballots: Iterable[Cast]) -> list[Suspicion]:
    """Every group, the largest first; a ballot may be in several."""
    cast = sorted(ballots, key=lambda one: (one.at, one.ballot))
    found = [*_devices(cast), *_scripts(cast), *_bursts(cast)]
    return sorted(found, key=lambda one: -len(one.ballots))


def _devices(cast: Sequence[Cast]) -> Iterator[Suspicion]:
    by_device: dict[str, list[Cast]] = defaultdict(list)
    for one in cast:
        if one.device:
            by_device[one.device].append(one)
    for device, ballots in by_device.items():
        identities = len({one.identity for one in ballots})
        if identities >= DEVICE_IDENTITIES:
            why = f"同一台设备（{device[:8]}）用 {identities} 个身份投票"
            yield Suspicion(f"device-{device[:16]}", "device", why, tuple(one.ballot for one in ballots))


def _scripts(cast: Sequence[Cast]) -> Iterator[Suspicion]:
    ballots = tuple(one.ballot for one in cast if not one.device)
    if ballots:
        yield Suspicion("no_device", "no_device", "没有设备标识，不像浏览器投的", ballots)


def _bursts(cast: Sequence[Cast]) -> Iterator[Suspicion]:
    by_place: dict[str, list[Cast]] = defaultdict(list)
    for one in cast:
        by_place[one.place].append(one)
    for place, ballots in by_place.items():
        for run in _runs(ballots):
            if len(run) >= BURST_BALLOTS:
                gap = BURST_GAP // timedelta(milliseconds=1)
                why = (
                    f"同一网络（{place[:8]}）连续 {BURST_BALLOTS} 票以上，每两票相隔不到 {gap} 毫秒；"
                    "会场同一网络也会这样，请对照现场人数"
                )
                yield Suspicion(f"burst-{run[0].ballot}", "burst", why, tuple(one.ballot for one in run))


def _runs(ballots: Sequence[Cast]) -> Iterator[list[Cast]]:
    """Ballots in a row, each within the gap of the one before."""
    run: list[Cast] = list(ballots[:1])
    for before, after in pairwise(ballots):
        if after.at - before.at > BURST_GAP:
            yield run
            run = []
        run.append(after)
    yield run
