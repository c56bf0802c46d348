"""The picture of a seal or signature on a kind of certificate."""

from django.db import transaction

from core import clock
from core.accounts.models import User
from core.audit.history import recorded
from core.files.kinds import PNG
from core.files.made import keep_made
from tracks.models import Edition

from ..certificates.rendering import checked_seal
from ..models import CertificateSeal
from .certificate_printing import FOLDER


def set_seal(edition: Edition, kind: str, data: bytes, *, by: User) -> CertificateSeal:
    """What certificates of a kind carry from now on; those that were made keep theirs. Raises Refused
    (`certificate.seal_size`, `certificate.seal`)."""
    drawn = checked_seal(data)
    with transaction.atomic(), recorded("certificate.seal_set", by=by):
        end_seal(edition, kind)
        picture = keep_made(drawn, name="印章.png", kind=PNG, folder=FOLDER)
        return CertificateSeal.objects.create(
            edition=edition, kind=kind, picture=picture, added_at=clock.now(), added_by=by
        )


def end_seal(edition: Edition, kind: str) -> int:
    """Without a picture from now on, in the caller's transaction; how many there were."""
    return CertificateSeal.objects.filter(edition=edition, kind=kind, ended_at=None).update(ended_at=clock.now())
