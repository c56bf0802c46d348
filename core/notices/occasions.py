"""The occasion of a notice that is told by its moment."""

from datetime import UTC, datetime


def occasion_of(moment: datetime | None) -> str:
    """The occasion of a deed done at this moment of contest time: 20 digits, to the microsecond.

    A thing has one notice of a kind on one occasion, and a second one is silently the first. A work may be returned,
    handed in and returned again within a second (by a script, in the rehearsal, by two quick clicks on two pages), so
    a coarser occasion would swallow what people must hear; the same deed told twice has the same moment and is one.
    In UTC, for a moment read back from the database is the one that was written. moment: what the row of a deed keeps;
    raises ValueError when it keeps none, for then the deed was not done.
    """
    if moment is None:
        raise ValueError("a deed without its moment")
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S%f}"
