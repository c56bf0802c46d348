"""Whose works may be shown to the public: everybody who took part agreed, and for minors their guardians did.

In doubt a work is not shown. Taking a consent back takes the work off the wall at once.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tracks.models import Edition

from .entry_models import PARTICIPANTS, Entry, Member
from .personal_models import Consent, Guardian


def displayable(edition: Edition) -> QuerySet[Entry]:
    """The entries of an edition whose every participant consented to display (肖像与作品展示同意).

    On a track for pupils a guardian must have agreed too, for each of them but those known to be of age.
    """
    texts = [text.code for text in edition.rulebook.consents_of("participant", "display")]
    agreed = Consent.objects.filter(edition=edition, user=OuterRef("user"), code__in=texts, withdrawn_at=None)
    guarded = Guardian.objects.filter(member=OuterRef("pk"), state="given", display=True)
    pupils = [track.code for track in edition.rulebook.tracks if track.minors]
    people = Member.objects.filter(entry=OuterRef("pk"), role__in=PARTICIPANTS, left_at=None)
    unwilling = people.filter(~Exists(agreed) | Q(entry__track__code__in=pupils) & ~Q(band="adult") & ~Exists(guarded))
    return Entry.objects.in_contest().filter(Exists(people), ~Exists(unwilling), edition=edition)
