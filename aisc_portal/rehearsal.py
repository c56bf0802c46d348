"""A contest driven through the services by synthetic people, in a database of its own; the same seed, the same contest.

`make rehearse ARGS="--units 300 --seed 7 --json FILE"`. Each stage is a method that does what its people would do:
nothing here writes past the services. What a service accepts or refuses against expectation is a surprise, and
surprises are reported with the broken invariants.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from core import clock
from core.accounts import invitations
from core.accounts.models import User
from core.clock import BEIJING
from core.jobs import services as jobs
from core.jobs.models import Job
from core.notices import mailbox
from core.notices.models import Channel, Notice
from core.problems import Problem, Refused
from registrations.models import Officer, OfficerInvitation, Recommendation, RecommendationRow, Unit, UnitQuota
from registrations.services import recommending, register, reviewing, units
from registrations.services.facts import FormFacts
from tracks.models import Edition
from tracks.rulebook import adopt_defaults
from tracks.services import appoint_contact

from . import editions, invariants
from .demo_data import EDITION_FILE
from .rehearsal_people import People, Typed

BEGIN = datetime(2024, 12, 10, 9, tzinfo=BEIJING)
REVIEW, CORRECT, SECOND_REVIEW = (BEGIN + timedelta(days=days) for days in (2, 3, 4))
FULL, MISTAKEN, RETURNED, RESUBMITTED, BY_PHONE = 0.06, 0.15, 0.15, 0.7, 0.1  # shares
FEW = 3  # rows of a unit that does not fill its places, at most
REASONS = ("参赛队伍名称与学校全称不一致，请核对", "联系电话打不通，请换一个", "报名类别与作品不符，请确认")


class TooManyUnits(ValueError):
    """The register has fewer units than asked for."""


class Rehearsal:
    """One run: `run()` gives the summary."""

    def __init__(self, units: int, seed: int) -> None:
        self.count = units
        self.people = People(seed)
        self.seconds: dict[str, float] = {}
        self.surprises: list[str] = []
        self.findings: list[tuple[str, list[str]]] = []

    def run(self) -> dict[str, Any]:
        """Every stage in turn. Raises TooManyUnits."""
        for stage in (self.load, self.invite, self.join, self.fill, self.review, self.correct, self.late):
            self._timed(stage)
            self._timed(self.deliver)
        self._timed(self.check)
        return self.summary()

    # --- What happens ---------------------------------------------------------------------------------

    def load(self) -> None:
        """The organiser loads edition and register, adopts the defaults and appoints a contact for each track."""
        clock.set_now(BEGIN)
        mailbox.empty()
        self.organiser = User.objects.create_superuser(self.people.name(), email="organiser@rehearsal.test")
        register.load_register(by=self.organiser)
        editions.load(EDITION_FILE.read_text(encoding="utf-8"), by=self.organiser)
        text = Edition.objects.get(is_current=True).text
        editions.load(adopt_defaults(text), by=self.organiser, reason="演练采用缺省值")
        self.edition = Edition.objects.get(is_current=True)
        self.contacts = {}
        for track in self.edition.tracks.all():
            self.contacts[track] = User.objects.create_user(self.people.name(), email=f"{track.code}@rehearsal.test")
            appoint_contact(track, self.contacts[track], by=self.organiser)
        known = list(Unit.objects.order_by("pk"))
        if self.count > len(known):
            raise TooManyUnits(f"名册里有 {len(known)} 个单位，请把 --units 改为不超过它的数")
        self.units = sorted(self.people.chance.sample(known, self.count), key=lambda unit: unit.pk)

    def invite(self) -> None:
        """Every unit is invited, most by mail, some by phone."""
        self.invited: list[OfficerInvitation] = []
        phones = iter(range(100))
        for number, unit in enumerate(self.units):
            phone = next(phones, None) if self.people.some(BY_PHONE) else None
            way = {"email": f"u{number:04d}@rehearsal.test"} if phone is None else {"phone": f"138001380{phone:02d}"}
            self.invited.append(units.invite_officer(unit, by=self.organiser, name=self.people.name(), **way))

    def join(self) -> None:
        """Each opens the link and accepts; a second use of a link is refused."""
        self.officers: list[Officer] = []
        for sent in self.invited:
            token = invitations.token_of(sent)
            invitation = invitations.find(OfficerInvitation, token)
            user = User.objects.create_user(sent.name, phone=sent.phone, email=sent.email)
            self.officers.append(units.join(invitation, by=user))
            if self.people.some(0.1):
                self._refused({"invitation.used"}, invitations.find, OfficerInvitation, token)

    def fill(self) -> None:
        """Each officer saves rows, some of them wrong, mends them, submits, and leaves out what is too many."""
        for officer in self.officers:
            form = recommending.form_of(officer.unit, self.edition, by=officer.user)
            facts = FormFacts(form)
            right = [self.people.row(facts.naming, facts.categories) for _ in range(self._wanted(facts.quota.limit))]
            self._submit(officer, form, facts, right)

    def review(self) -> None:
        """Each contact goes through what has arrived on the track: passes most, returns some."""
        clock.set_now(REVIEW)
        for contact in self.contacts.values():
            for row in self._queue(contact):
                if self.people.some(RETURNED):
                    reviewing.return_row(row, reason=self.people.chance.choice(REASONS), by=contact)
                else:
                    reviewing.approve_row(row, by=contact)

    def correct(self) -> None:
        """Most returned rows come back and pass; no place is taken for them again."""
        clock.set_now(CORRECT)
        for officer in self.officers:
            for row in RecommendationRow.objects.visible_to(officer.user).filter(state="returned"):
                if self.people.some(RESUBMITTED):
                    values = {"phone": self.people.phone()}
                    row = recommending.save_row(row.recommendation, values, by=officer.user, row=row)
                    recommending.submit_rows(row.recommendation, [row], by=officer.user)
        clock.set_now(SECOND_REVIEW)
        for contact in self.contacts.values():
            for row in self._queue(contact):
                reviewing.approve_row(row, by=contact)

    def late(self) -> None:
        """One second after the deadline every draft is refused, places or not (G30)."""
        closes = self.edition.window("recommend").closes
        clock.set_now(closes or BEGIN)
        for quota in UnitQuota.objects.filter(unit__in=self.units, limit__gt=0).select_related("unit")[:20]:
            officer = quota.unit.officers.select_related("user").get()
            form = recommending.form_of(quota.unit, self.edition, by=officer.user)
            facts = FormFacts(form)
            typed = self.people.row(facts.naming, facts.categories)
            draft = recommending.save_row(form, typed.values(track=self._track(facts)), by=officer.user)
            full = {"places.exceeded"} if quota.taken == quota.limit else set()
            self._refused({"window.late"} | full, recommending.submit_rows, form, [draft], by=officer.user)

    def deliver(self) -> None:
        """The workers' part: everything that is due."""
        jobs.drain_all()

    def check(self) -> None:
        """What must always hold, and what the rehearsal itself knows."""
        sent = set(Notice.objects.filter(state="sent", channel=Channel.EMAIL).values_list("message_id", flat=True))
        if astray := len(sent ^ mailbox.arrivals().keys()):
            self.surprises.append(f"{astray} 封邮件记为已发送却没有收到，或收到却没有记下")
        self.surprises += [f"任务没有完成：{job}" for job in Job.objects.exclude(state="done")]
        self.findings = [*invariants.check(), ("服务的每次接受与拒绝都如预期", self.surprises)]

    # --- What came of it ------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        """The totals, one key a stage; everything but `seconds` follows from units and seed."""
        quotas = UnitQuota.objects.filter(edition=self.edition, unit__in=self.units)
        rows = RecommendationRow.objects.filter(recommendation__edition=self.edition)
        held = Counter(rows.holding().values_list("recommendation__unit", flat=True))
        limits = dict(quotas.values_list("unit", "limit"))
        notices = Counter(Notice.objects.values_list("state", flat=True))
        delivered = mailbox.arrivals()
        return {
            "units": {"total": len(self.units)},
            "places": {
                "limit": sum(limit or 0 for limit in limits.values()),
                "taken": quotas.aggregate(taken=Sum("taken"))["taken"] or 0,
                "over": sum(max(0, count - (limits[unit] or 0)) for unit, count in held.items()),
            },
            "rows": {
                "submitted": rows.holding().count(),
                "approved": rows.filter(state="approved").count(),
                "returned": rows.filter(state="returned").count(),
            },
            "notices": {
                "sent": notices["sent"],
                "failed": notices["failed"] + notices["unknown"],
                "duplicates": delivered.total() - len(delivered),
            },
            "invariants": {
                "checked": len(self.findings),
                "broken": [f"{name}：{thing}" for name, things in self.findings for thing in things],
            },
            "seconds": {stage: round(seconds, 2) for stage, seconds in self.seconds.items()},
        }

    # --- Helpers ----------------------------------------------------------------------------------------

    def _submit(self, officer: Officer, form: Recommendation, facts: FormFacts, right: list[Typed]) -> None:
        track = self._track(facts)
        meant: dict[int, Typed] = {}
        for typed in right:
            said = self.people.spoil(typed) if self.people.some(MISTAKEN) else typed
            meant[recommending.save_row(form, said.values(track=track), by=officer.user).pk] = typed
        problems = self._try(officer, form)
        for row in form.rows.all():  # mend what the refusal names, as the page would show it
            if any(problem.field.startswith(f"row-{row.pk}-") for problem in problems):
                recommending.save_row(form, meant[row.pk].values(), by=officer.user, row=row)
        quota = facts.quota
        if quota.limit is None:
            self._refused({"places.closed"}, self._send, officer, form)
            return
        if len(right) > quota.limit:
            self._refused({"places.exceeded"}, self._send, officer, form)
        self._send(officer, form, quota.limit)
        if len(right) > quota.limit:  # and one at a time it does not work either
            self._refused({"places.exceeded"}, self._send, officer, form, 1)

    def _try(self, officer: Officer, form: Recommendation) -> list[Problem]:
        """What stands against submitting everything now, without doing it."""
        return recommending.submission_problems(FormFacts(form), form.rows.filter(state="draft"))

    def _send(self, officer: Officer, form: Recommendation, most: int | None = None) -> None:
        rows = list(form.rows.filter(state="draft").order_by("position")[:most])
        recommending.submit_rows(form, rows, by=officer.user)

    def _queue(self, contact: User) -> list[RecommendationRow]:
        rows = RecommendationRow.objects.visible_to(contact).filter(state="submitted").order_by("pk")
        return list(rows.select_related("recommendation__unit", "recommendation__edition"))

    def _track(self, facts: FormFacts) -> Any:
        code = facts.rulebook.unit_category(facts.quota.category).default_track
        return next(track for track in self.contacts if track.code == code)

    def _wanted(self, limit: int | None) -> int:
        """How many rows a unit would like to send: a few, or somewhat more than it may."""
        if limit is None:
            return 1
        if self.people.some(FULL):
            return limit + self.people.chance.randint(1, 3)
        return min(limit, self.people.chance.randint(1, FEW))

    def _refused(self, codes: set[str], act: Callable[..., object], *args: Any, **more: Any) -> None:
        """Do what must be refused for exactly these reasons."""
        try:
            act(*args, **more)
        except Refused as refused:
            if set(refused.codes) != codes:
                self.surprises.append(f"应因 {sorted(codes)} 被拒绝，实为 {refused.codes}")
        else:
            self.surprises.append(f"应因 {sorted(codes)} 被拒绝，却被接受")

    def _timed(self, stage: Callable[[], None]) -> None:
        began = time.perf_counter()
        stage()
        name = stage.__name__
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - began
