"""How often one voter may send a ballot, in this process's memory: a person taps a few times, a script thousands.

Per identity, never per address: a hall shares one. What counts is held by the database anyway.
"""

import time
from collections import OrderedDict

MOST, SECONDS = 20, 10.0  # ballots, within
KEPT = 20_000  # identities in memory

_seen: OrderedDict[str, tuple[float, int]] = OrderedDict()


def allows(identity: str) -> bool:
    """Whether this identity may send another ballot now."""
    now = time.monotonic()
    began, count = _seen.get(identity, (now, 0))
    if now - began > SECONDS:
        began, count = now, 0
    _seen[identity] = (began, count + 1)
    _seen.move_to_end(identity)
    if len(_seen) > KEPT:
        _seen.popitem(last=False)
    return count < MOST
