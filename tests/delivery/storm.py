"""Mails go out while everything breaks: the worker, Redis, Postgres and the mail server (R8, R9)."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models.functions import Now

from core.accounts.models import User
from core.jobs import invariants as jobs
from core.jobs.models import Job, Tick
from core.jobs.ticks import silence
from core.notices import invariants as notices
from core.notices.models import Notice
from core.notices.registry import kinds
from core.notices.services import Address, notify
from tests.core.smtp_sink import SMTP, Sink, running
from tests.delivery.breaking import Breakable, Processes

SAFE, UNSAFE = "trial", "officer-invited"  # may a doubtful one go out again by itself?
# What a recipient's first messages meet, for how many in a thousand; whatever comes after them is accepted.
WEATHER: dict[tuple[str, ...], int] = {
    ("no-quit",): 40,
    ("rcpt 450 greylisted",): 50,
    ("data 452 full", "rcpt 450 greylisted"): 20,
    ("end 451 busy",): 40,
    ("drop-at-rcpt",): 20,
    ("rcpt 550 no such user",): 50,
    ("end 554 spam",): 30,
    ("drop",): 25,
    ("half",): 20,
    ("stall",): 5,
}
ENDED = ("done", "dead")  # a job's states
KEPT = ("accepted", "silent")  # what the mail server may do with a message that it does not refuse
LATENCY = 0.01  # seconds until the mail server answers a message
STEP = 0.2  # seconds between two looks at the clock that is made to run


@dataclass
class Storm:
    """The portal's processes and servers, and what was written and broken so far."""

    servers: Breakable
    processes: Processes
    sink: Sink
    count: int  # notices, over the whole storm
    patient: bool  # wait for leases, pauses and slots; else they are made to run out
    weather: Mapping[tuple[str, ...], int]
    chance: random.Random
    kills: int = 0
    recoveries: dict[str, float] = field(default_factory=dict)  # from what → seconds until the worker works, at worst
    plans: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sink.pause = LATENCY
        self.about = User.objects.create_user("组委", email="organiser@example.org")
        plans = [list(plan) for plan, share in self.weather.items() for _ in range(max(share * self.count // 1000, 2))]
        plans += [[] for _ in range(self.count - len(plans))]
        self.chance.shuffle(plans)
        self.plans = {f"clerk-{number}@example.org": plan for number, plan in enumerate(plans)}
        self.sink.plans = {address: [*plan] for address, plan in self.plans.items()}
        self._next, self._stepped = iter(self.plans), 0.0

    def write(self, count: int) -> None:
        """Write notices to the next recipients; every second is of a kind that must not be repeated."""
        for number, address in enumerate(itertools.islice(self._next, count)):
            kind = kinds[UNSAFE if number % 2 else SAFE]
            notify(Address("王芳", email=address), kind.name, self.about, **kind.sample())

    def send(self, count: int) -> None:
        """Write notices; returns when a few more mails have arrived, up to half as many."""
        ahead = len(self.sink.taken) + self.chance.randint(1, count // 2)
        self.write(count)
        self.until(lambda: len(self.sink.taken) >= ahead, "mails")

    # --- What breaks --------------------------------------------------------------------------------

    def kill_worker(self, *, sending: bool) -> None:
        """SIGKILL, wherever it happens to be; or when a message is out and not yet answered."""
        if sending:
            self.sink.pause = 60
            self.until(lambda: self.sink.waiting, "a message that waits for its answer")
        self.processes.kill("worker")
        self.sink.pause = LATENCY
        self.kills += 1
        self.until(lambda: not self.servers.clients("worker"), "Postgres to notice the death of its clients")
        if not self.patient:
            Job.objects.filter(state="running").update(lease_until=Now())

    def restart_worker(self) -> None:
        """Start it, and see that it works."""
        self.processes.start("worker")
        self.recovered("kill")

    def start_worker_in_vain(self) -> None:
        """Start it while Redis is away; returns when it has noticed."""
        noticed = self.processes.said("worker", "Cannot connect to")
        self.processes.start("worker")
        self.until(lambda: self.processes.said("worker", "Cannot connect to") > noticed, "complaint about Redis")

    def restart_postgres(self) -> None:
        """Crash it under the living worker, and see that this works on."""
        self.servers.crash_postgres()
        self.servers.start_postgres()
        connections.close_all()
        self.recovered("postgres")

    def lose_redis(self, meanwhile: Callable[[], None], seconds: float = 0) -> None:
        """Redis forgets everything and stays away, for so long at least; then the worker works again."""
        back = time.monotonic() + seconds
        self.servers.wipe_redis()
        meanwhile()
        self.until(lambda: time.monotonic() > back, "Redis's return", seconds + 60)
        self.servers.start_redis()
        self.recovered("redis")

    def recovered(self, what: str) -> None:
        """Wait until the worker has taken a task from Redis and written to Postgres; note how long that took."""
        start = time.monotonic()

        def seen_since() -> bool:
            ago = silence("worker")
            return ago is not None and ago.total_seconds() < time.monotonic() - start

        self.until(seen_since, f"sign of life after: {what}")
        self.recoveries[what] = max(self.recoveries.get(what, 0), round(time.monotonic() - start, 1))

    # --- Time ---------------------------------------------------------------------------------------

    def until(self, done: Callable[[], Any], what: str, seconds: float = 120) -> None:
        """Wait for something. Raises TimeoutError with the processes' logs."""
        deadline = time.monotonic() + seconds
        while not done():
            if (fallen := self.processes.fallen()) or time.monotonic() > deadline:
                raise TimeoutError(f"no {what}; fallen: {fallen}; {self.figures()}\n{self.processes.log()}")
            self._let_time_pass()
            time.sleep(0.02)

    def _let_time_pass(self) -> None:
        if self.patient or time.monotonic() < self._stepped + STEP:
            return
        self._stepped = time.monotonic()
        Job.objects.filter(state="waiting", not_before__gt=Now()).update(not_before=Now())
        Tick.objects.all().delete()

    def calm(self, seconds: float) -> None:
        """Wait until nothing is left to do: no job, no task in Redis, no mail on its way, for a whole second."""
        busy = time.monotonic()

        def quiet() -> bool:
            nonlocal busy
            if self.sink.waiting or self.servers.waiting_in_redis() or Job.objects.exclude(state__in=ENDED).exists():
                busy = time.monotonic()
            return time.monotonic() > busy + 1

        self.until(quiet, "calm", seconds)

    # --- The account --------------------------------------------------------------------------------

    def account(self) -> dict[str, list[str]]:
        """What should not be: four lists, empty when all is well.

        lost: neither sent (and taken), nor refused for good, nor doubtful. doubled: taken more often than its doubts
        explain; a kind that must not be repeated, more than once. unlisted: taken without an answer, and staff are not
        told. broken: invariants.
        """
        faults: dict[str, list[str]] = {"lost": [], "doubled": [], "unlisted": []}
        arrivals = Counter((arrival.message_id, arrival.outcome) for arrival in self.sink.arrivals)
        for notice in Notice.objects.order_by("pk"):
            accepted, silent = (arrivals[notice.message_id, outcome] for outcome in KEPT)
            told = f"{notice.address} {notice.state}, {accepted} + {silent} copies, {notice.doubts} doubts"
            refusals = {reply for _, _, reply in (step.partition(" ") for step in self.plans.get(notice.address, []))}
            refused = notice.last_error.startswith("5") and notice.last_error in refusals
            if not {"sent": accepted, "failed": refused, "unknown": notice.doubts}.get(notice.state):
                faults["lost"].append(told)
            if accepted + silent > 1 + (notice.doubts if notice.template != UNSAFE else 0):
                faults["doubled"].append(told)
            if silent > notice.doubts:
                faults["unlisted"].append(told)
        return faults | {"broken": [name for app in (jobs, notices) for name, wrong in app.invariants() if wrong]}

    def figures(self) -> dict[str, Any]:
        """How it went, in numbers."""
        taken = Counter(a.message_id for a in self.sink.arrivals if a.outcome in KEPT)
        return {
            "states": dict(Counter(Notice.objects.values_list("state", flat=True).order_by())),
            "jobs": dict(Counter(Job.objects.values_list("state", flat=True).order_by())),
            "doubtful": Notice.objects.filter(doubts__gt=0).count(),
            "twice, and listed": sum(times > 1 for times in taken.values()),
            "kills": self.kills,
            "recovered after": self.recoveries,
        }


@contextmanager
def storm(servers: Breakable, count: int, *, patient: bool = False, twin: str = "", seed: int = 7) -> Iterator[Storm]:
    """The processes of the portal and a mail server, started. patient: with the portal's own patience, else `quick`'s.

    twin: the worker lacks a guard; then the mail server behaves, so that what goes wrong is the twin's fault.
    """
    with running() as sink:
        env = {
            "DATABASE_URL": servers.address,
            "DATABASE_CONN_MAX_AGE": "60",
            "REDIS_URL": servers.redis_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "EMAIL_BACKEND": SMTP,
            "DJANGO_SETTINGS_MODULE": "aisc_portal.settings" if patient else "tests.delivery.quick",
            "STORM_TWIN": twin,
            "PYPINYIN_NO_PHRASES": "true",  # half a second of every start, and mails need no pinyin
        }
        with Processes(servers.base, env) as processes:
            weather = {} if twin else WEATHER
            made = Storm(servers, processes, sink, count, patient, weather, random.Random(seed))
            for name in ["worker"] if twin else ["beat", "worker"]:
                processes.start(name)
            yield made
