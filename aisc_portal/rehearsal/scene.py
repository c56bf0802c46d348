"""What every stage shares: the people on stage, the units at work, and what went against expectation."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from random import Random
from typing import Any, ClassVar, TypeVar

from django.db.models import Model

from core.accounts.models import User
from core.audit.invariants import Finding
from core.jobs import services as jobs
from core.jobs.models import Job
from core.notices.services import JOB as LETTER
from core.problems import Refused
from registrations import states
from registrations.models import Recommendation, RecommendationRow, Unit, UnitQuota
from registrations.services import recommending
from registrations.services.facts import FormFacts
from registrations.services.stamping import Upload, upload_scan
from tracks.models import Edition, Track

from .hands import FEW, apart
from .people import Attempt, People
from .truth import Truth

M = TypeVar("M")
Changes = Mapping[RecommendationRow, dict[str, Any]]  # row → what `save_row` takes


class Scene:
    """One rehearsal's memory. A stage is a function of it."""

    edition: Edition
    organiser: User
    contacts: dict[Track, User]

    def __init__(self, count: int, seed: int, entries: int = 0, hands: int = 1) -> None:
        """entries: how many are wanted, recommended ones among them. hands: processes that act at once."""
        self.count = count
        self.seed = seed
        self.entries = entries
        self.hands = hands
        self.people = People(seed)
        self.truth = Truth(seed)
        # Training has luck of its own, so that what comes later in the year falls as it would without it.
        self.training = Random(f"training-{seed}")  # noqa: S311  # a rehearsal must repeat itself
        self.desks: list[Desk] = []
        self.surprises: list[str] = []
        self.findings: list[Finding] = []  # of the last check
        self.arrivals: Counter[str] = Counter()  # e-mails by Message-ID, at the last check
        self.counts: Counter[str] = Counter()
        self.turn = 0  # how often people have acted at once

    def working(self, *waves: str) -> list["Desk"]:
        """The units of these waves."""
        return [desk for desk in self.desks if desk.wave in waves]

    def submitted(self) -> list["Desk"]:
        """The units with a row that holds a place."""
        quotas = UnitQuota.objects.filter(edition=self.edition, taken__gt=0)
        units = set(quotas.values_list("unit", flat=True))
        return [desk for desk in self.desks if desk.unit.pk in units]

    def deliver(self) -> None:
        """The workers run whatever is due, each job once, however many of them there are."""
        due = Job.objects.due()
        # A few letters are sent sooner than a process has started; of other jobs a few may bring many.
        busy = self.hands > 1 and (due.exclude(kind=LETTER).exists() or due.count() > FEW)
        apart([jobs.drain_all] * (self.hands if busy else 1))

    def each(self, things: Iterable[M], deed: Callable[[M], object], few: int = FEW) -> None:
        """Do a deed for each of them, who know nothing of each other: at once, by all hands there are.

        Every deed has luck of its own, by its place among the others, so that it comes out the same whoever does it
        and when: give them in an order that does not depend on who was quicker before. few: so many, one process does.
        """
        many = list(enumerate(self.lend(things)))
        self.turn += 1

        def some(mine: Sequence[tuple[int, M]]) -> tuple[Counter[str], list[str]]:
            before, self.counts, self.surprises = (self.counts, self.surprises), Counter(), []
            for place, thing in mine:
                with self.people.luck(f"{self.turn} {place}"):
                    deed(thing)
            found = self.counts, self.surprises
            self.counts, self.surprises = before
            return found

        hands = self.hands if len(many) > few else 1
        for counts, surprises in apart([partial(some, many[n::hands]) for n in range(hands)]):
            self.counts.update(counts)
            self.surprises += surprises

    def lend(self, rows: Iterable[M]) -> list[M]:
        """Rows with the edition and its dates at hand, as a request has them, instead of each with its own copy of the
        whole text."""
        many = list(rows)
        cached = [(row, row._state.fields_cache) for row in many if isinstance(row, Model)]
        about: list[Any] = [one for row, held in cached for one in (row, held.get("entry"), held.get("row"))]
        if of_edition := [one for one in about if hasattr(one, "edition_id")]:
            edition = Edition.objects.prefetch_related("milestones").get(pk=self.edition.pk).for_request()
            for one in of_edition:
                one.edition = edition
        return many

    def refused(self, codes: Iterable[str], act: Callable[..., object], *args: Any, **more: Any) -> Refused | None:
        """Do what must be refused for exactly these reasons; gives the refusal."""
        expected = sorted(set(codes))
        try:
            act(*args, **more)
        except Refused as refused:
            self.expect(sorted(set(refused.codes)) == expected, f"应因 {expected} 被拒绝，实为 {refused.codes}")
            return refused
        self.expect(False, f"应因 {expected} 被拒绝，却被接受")
        return None

    @contextmanager
    def accepted(self, who: object) -> Iterator[None]:
        """What is done inside must be accepted; a refusal is a surprise, and the others go on."""
        try:
            yield
        except Refused as refused:
            self.expect(False, f"{who}：不应被拒绝，却因 {refused.codes} 被拒绝")

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a surprise unless something holds."""
        if not holds:
            self.surprises.append(otherwise)


class Desk(ABC):
    """One unit, and whoever gets its rows into the portal; how is a subclass each, in `ways`."""

    way: ClassVar[str]

    def __init__(self, scene: Scene, quota: UnitQuota, wave: str) -> None:
        self.scene = scene
        self.unit: Unit = quota.unit
        self.wave = wave  # when it fills its form in
        self.officer: User | None = None
        self.on_paper: dict[int, bool] = {}  # rows that were stamped → whether they still say the same

    # --- Who and what -------------------------------------------------------------------------------------

    @property
    def by(self) -> User:
        """Who acts. The unit's officer must have joined."""
        if self.officer is None:
            raise LookupError(f"{self.unit} has no officer yet")
        return self.officer

    @cached_property
    def track(self) -> Track:
        """The track preset by the unit's category, on which all its rows are."""
        code = self.scene.edition.rulebook.unit_category(self.quota.category).default_track
        return next(track for track in self.scene.contacts if track.code == code)

    @property
    def contact(self) -> User:
        """Who looks after the unit."""
        return self.scene.contacts[self.track]

    @property
    def quota(self) -> UnitQuota:
        """Its places as they now stand."""
        quota = UnitQuota.objects.get(unit=self.unit, edition=self.scene.edition)
        quota.unit, quota.edition = self.unit, self.scene.edition
        return quota

    @cached_property
    def form(self) -> Recommendation:
        """Its 推荐申报表, opened."""
        form = recommending.form_of(self.unit, self.scene.edition, by=self.by)
        form.unit, form.edition = self.unit, self.scene.edition
        return form

    @property
    def facts(self) -> FormFacts:
        """The rules' inputs as they now stand."""
        return FormFacts(self.form)

    def rows(self, *wanted: str) -> list[RecommendationRow]:
        """Its rows in these states, in order."""
        return list(self.form.rows.filter(state__in=wanted).select_related("track").order_by("position"))

    def ready(self) -> list[RecommendationRow]:
        """The drafts that there is room for."""
        quota = self.quota
        return self.rows("draft")[: max((quota.limit or 0) - quota.taken, 0)]

    def attempts(self, count: int, mistaken: float = 0) -> list[Attempt]:
        """New rows for it. mistaken: the share with a mistake."""
        people, facts = self.scene.people, self.facts
        taken = {row.phone.removeprefix("+86") for row in self.form.rows.all()}
        found = []
        for _ in range(count):
            right = people.row(facts.naming, facts.categories, taken)
            taken.add(right.phone)
            found.append(people.attempt(right, mistaken))
        return found

    def new_phone(self, row: RecommendationRow) -> str:
        """Another number for the person of a row."""
        return self.scene.people.phone({other.phone.removeprefix("+86") for other in self.form.rows.all()}, row.name)

    # --- What it does -------------------------------------------------------------------------------------

    @abstractmethod
    def enter(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """Bring new rows. Gives those that are in the form now: wrong ones may have been left out."""

    @abstractmethod
    def mend(self, attempts: Sequence[Attempt]) -> None:
        """Put the mistakes right, the same way."""

    @abstractmethod
    def overwrite(self, changes: Changes) -> None:
        """Change rows that are there, the same way. Raises Refused where one cannot be changed."""

    def change(self, changes: Changes) -> None:
        """The same; what was stamped of them holds no longer."""
        self.overwrite(changes)
        self.revised(changes)

    def revised(self, rows: Iterable[RecommendationRow]) -> None:
        """What was stamped of these rows holds no longer."""
        self.on_paper |= {row.pk: False for row in rows if row.pk in self.on_paper}

    def submit(self, rows: Sequence[RecommendationRow]) -> None:
        """Send rows in. Raises Refused."""
        recommending.submit_rows(self.form, rows, by=self.by)

    def send_scan(self, scan: Upload, *, typed: str = "") -> None:
        """Upload the stamped paper. typed: the 版本码. Raises Refused."""
        upload_scan(self.form, [scan], by=self.by, typed=typed)

    def stamped(self) -> None:
        """A scan of the form as it now stands has been kept."""
        self.on_paper |= {row.pk: True for row in self.rows(*states.HOLDS_A_PLACE)}

    def against_passing(self, row: RecommendationRow) -> list[str]:
        """The code by which a contact must be refused to pass a row for want of a stamp (Q31)."""
        if self.on_paper.get(row.pk):
            return []
        return ["stamp.row_changed" if row.pk in self.on_paper else "stamp.missing"]
