"""The tables of awards, by what they are about; Django looks for them here."""

from .entitlement_models import Entitlement
from .list_models import AwardLine, AwardList, AwardVersion, Release, Ruling
from .objection_models import Objection

__all__ = ["AwardLine", "AwardList", "AwardVersion", "Entitlement", "Objection", "Release", "Ruling"]
