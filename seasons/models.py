"""The tables of seasons, by what they are about; Django looks for them here."""

from .advance_models import Advance
from .attendance_models import Attendance, Enrolment, QuizTry, Seen
from .force_models import Force, ForceActivity, ForceMember
from .placing_models import Offer, Placement
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
from .training_models import Course, Material, Question, Session
from .venue_models import Need, Venue, VenueInvitation, VenueOfficer

__all__ = [
    "Advance",
    "Attendance",
    "Course",
    "Dispute",
    "Enrolment",
    "Force",
    "ForceActivity",
    "ForceMember",
    "Ladder",
    "LadderEntry",
    "Material",
    "Need",
    "Offer",
    "Placement",
    "PointEntry",
    "PointFact",
    "PointSnapshot",
    "Question",
    "QuizTry",
    "RuleSet",
    "Season",
    "Seen",
    "ServiceHours",
    "ServicePhoto",
    "ServiceRecord",
    "Session",
    "Standing",
    "Tally",
    "Venue",
    "VenueInvitation",
    "VenueOfficer",
]
