"""The tables of seasons, by what they are about; Django looks for them here."""

from .point_models import (
    Dispute,
    Ladder,
    PointEntry,
    PointFact,
    RuleSet,
)
from .service_models import ServiceHours, ServicePhoto, ServiceRecord
from .standing_models import LadderEntry, PointSnapshot, Standing, Tally
from .theme_models import Season

__all__ = [
    "Dispute",
    "Ladder",
    "LadderEntry",
    "PointEntry",
    "PointFact",
    "PointSnapshot",
    "RuleSet",
    "Season",
    "ServiceHours",
    "ServicePhoto",
    "ServiceRecord",
    "Standing",
    "Tally",
]
