"""A certificate as a picture, for WeChat, which saves pictures and opens no PDF: drawn when asked, kept nowhere."""

import base64
from pathlib import Path

from core.files.models import StoredFile
from core.limited.running import MB, Limits, run

WIDTH = 2000  # pixels: a dense code is still read from a second phone's screen
_LIMITS = Limits(cpu=20, wall=60, memory=1024 * MB, output=16 * MB)
_CHILD = Path(__file__).with_name("picture_child.py")


def picture_of(stored: StoredFile) -> bytes:
    """PNG of a certificate's file. Raises core.limited's Stopped for what cannot be drawn."""
    with stored.blob.storage.open(stored.blob.name or "", "rb") as file:
        return base64.b64decode(run(_CHILD, file, _LIMITS, WIDTH)["png"])
