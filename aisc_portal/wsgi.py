"""The WSGI entry for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from core.collecting import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aisc_portal.settings")

application = get_wsgi_application()
settle()
