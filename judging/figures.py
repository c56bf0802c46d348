"""What the organiser's cockpit counts in judging: how far rounds are, and who goes on; one statement."""

from dataclasses import dataclass

from django.db.models import OuterRef

from core.accounts.models import User
from core.counting import count_of
from tracks.models import Edition, Track

from .models import Assignment, Candidate, Judge, Round
from .round_models import SCORED

DONE = ("submitted", "signed", "abstained")


@dataclass(frozen=True)
class RoundProgress:
    """One round that judges score."""

    round: Round
    candidates: int
    judges: int
    promised: int  # have given the promise, so that they can begin
    sheets: int
    done: int

    @property
    def left(self) -> int:
        """Score sheets not handed in yet."""
        return self.sheets - self.done

    @property
    def unpromised(self) -> int:
        """Judges who cannot begin yet."""
        return self.judges - self.promised

    @property
    def width(self) -> str:
        """Of the bar, for an SVG."""
        return f"{self.done * 100 / self.sheets:.1f}%" if self.sheets else "0.0%"


def rounds(user: User, edition: Edition) -> list[RoundProgress]:
    """The rounds that this member of staff oversees; what a contact is told counts their tracks alone."""
    candidates = Candidate.objects.taking_part().filter(round=OuterRef("pk"))
    assigned = Assignment.objects.active().filter(round=OuterRef("pk"))
    judges = Judge.objects.active().filter(round=OuterRef("pk"))
    if not user.is_superuser:
        mine = Track.objects.visible_to(user)
        candidates = candidates.filter(entry__track__in=mine)
        assigned = assigned.filter(candidate__entry__track__in=mine)
    found = (
        Round.objects.visible_to(user)
        .filter(edition=edition, kind__in=SCORED)
        .select_related("category", "track")
        .annotate(
            candidate_count=count_of(candidates),
            judge_count=count_of(judges),
            promise_count=count_of(judges.filter(promise__isnull=False)),
            sheet_count=count_of(assigned),
            done_count=count_of(assigned.filter(sheet__state__in=DONE)),
        )
    )
    return [
        RoundProgress(r, r.candidate_count, r.judge_count, r.promise_count, r.sheet_count, r.done_count) for r in found
    ]
