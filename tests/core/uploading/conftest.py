"""A private folder, the slot's addresses, somebody who uploads."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from core.accounts.models import User
from tests.core.uploading.site import TEMPLATES


@pytest.fixture(autouse=True)
def _slot(settings: LazySettings, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "tests.core.uploading.site"
    settings.MEDIA_ROOT = tmp_path / "files"
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], TEMPLATES]}]


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("上传人", email="owner@example.test")
