"""Telling everybody with a seat a day and an hour before a session begins, each once."""

from datetime import datetime, timedelta

from django.db import transaction

from core.audit.history import recorded
from core.links import link_to
from core.notices.models import Notice
from core.notices.services import Word, notify_all

from ..models import Enrolment, Session

NEAR = "training-near"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def remind(now: datetime) -> int:
    """Tell whatever is due at this moment of contest time. Returns how many were told; again, none.

    Whoever enrols within the day is told an hour before alone: the receipt has said when it begins.
    """
    near = Session.objects.filter(
        state="planned", course__state="published", starts_at__gt=now, starts_at__lte=now + DAY
    )
    count = 0
    with transaction.atomic(), recorded("training.reminded", by=None):
        for session in near.select_related("course"):
            hour = session.starts_at - now <= HOUR
            occasion = f"{session.pk}-{'hour' if hour else 'day'}-{session.starts_at:%Y%m%d%H%M}"
            told = set(Notice.objects.filter(template=NEAR, occasion=occasion).values_list("object_id", flat=True))
            seats = Enrolment.objects.here().filter(course=session.course_id).select_related("member__user")
            if not hour:
                seats = seats.filter(enrolled_at__lte=session.starts_at - DAY)
            said = {
                "course": session.course.name,
                "session": session.title,
                "starts": session.starts_at,
                "hour": hour,
                "link": link_to("course", course=session.course_id),
            }
            words = [Word(seat.member.user, NEAR, said, seat) for seat in seats if str(seat.pk) not in told]
            count += len(notify_all(words, None, occasion))
    return count
