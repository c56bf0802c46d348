"""The tables of seasons, by what they are about; Django looks for them here."""

from .advance_models import Advance
from .attendance_models import Attendance, Enrolment, QuizTry, Seen
from .theme_models import Season
from .training_models import Course, Material, Question, Session

__all__ = [
    "Advance",
    "Attendance",
    "Course",
    "Enrolment",
    "Material",
    "Question",
    "QuizTry",
    "Season",
    "Seen",
    "Session",
]
