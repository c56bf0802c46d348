"""The tables of awards, by what they are about; Django looks for them here."""

from .certificate_models import Certificate, CertificateBatch, CertificateSeal, CertificateSeries
from .entitlement_models import Entitlement
from .list_models import AwardLine, AwardList, AwardVersion, Release, Ruling
from .objection_models import Objection

__all__ = [
    "AwardLine",
    "AwardList",
    "AwardVersion",
    "Certificate",
    "CertificateBatch",
    "CertificateSeal",
    "CertificateSeries",
    "Entitlement",
    "Objection",
    "Release",
    "Ruling",
]
