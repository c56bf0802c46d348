"""The portal's settings, made impatient: what the storm's short form runs its worker and beat with."""

from aisc_portal.settings import *  # noqa: F403
from aisc_portal.settings import CELERY_BEAT_SCHEDULE

EMAIL_TIMEOUT = 1
CELERY_BEAT_SCHEDULE = {"sweep": CELERY_BEAT_SCHEDULE["sweep"] | {"schedule": 1.0}}
CELERY_IMPORTS = ["tests.delivery.twins"]
