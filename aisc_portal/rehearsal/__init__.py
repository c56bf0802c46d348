"""A contest driven through the services by synthetic people in a database of its own; the same seed, the same contest.

`make rehearse ARGS="--units 300 --entries 3000 --seed 7 --json FILE"`. `year` says what happens when; each part of the
year is a module whose stages do what its people would do. Nothing here writes past the services. What a service accepts
or refuses against expectation is a surprise, and surprises are reported with the broken invariants.

`scene`: what all stages share. `ways`: how a unit's rows come in (grid, upload, mailed). `people`, `books`: what they
type and send. `entries`, `verdicts`: who takes part, and what the contacts say to it.
"""

from .opening import TooManyUnits
from .year import CALENDAR, ENDS, Rehearsal, until

__all__ = ["CALENDAR", "ENDS", "Rehearsal", "TooManyUnits", "until"]
