"""The portal's settings with the slot's addresses, for a server in a process of its own."""

from aisc_portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.core.uploading.site"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "tests/core/uploading/templates"]  # noqa: F405
