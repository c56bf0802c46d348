"""The portal's settings without its middleware and pages: what Django, gunicorn and PostgreSQL cost by themselves."""

from aisc_portal.settings import *  # noqa: F403

MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",  # keep-alive needs the answer's length
    "allauth.account.middleware.AccountMiddleware",  # its app does not start without
]
ROOT_URLCONF = "bench._bare"
