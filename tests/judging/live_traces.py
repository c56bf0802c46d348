"""What the services of the live final leave behind; cases of `tests/test_traces.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from judging.models import Round, Session
from judging.services import balloting, closing, live, opening, revealing, setting_aside, tokens
from tests.judging import build, live_build
from tests.judging.traces import me


def final(stage: Any) -> Round:
    """The final of category A with two works."""
    round_ = build.round_of(stage.edition, "final")
    build.candidates(round_, 2)
    return round_


def prepared(stage: Any, **values: object) -> Session:
    return live.save_session(final(stage), values, by=me())


def seeded(stage: Any) -> Session:
    return live.publish_seed(prepared(stage), "1234", by=me())


def hall(stage: Any, **values: object) -> Session:
    return live_build.opened(final(stage), **values)


def drawn(stage: Any) -> Session:
    session = seeded(stage)
    live.draw_order(session, by=me())
    return session


def pitching(stage: Any) -> Session:
    session = hall(stage)
    return live.go(session, "pitch", session.turns.get(position=1), by=me())


def voting(stage: Any) -> Session:
    return live.open_voting(pitching(stage), by=me())


def ended(stage: Any) -> Session:
    return live.end(hall(stage), by=me())


def revealed(stage: Any) -> Session:
    """Judged past the windows, locked, on the reveal screen."""
    round_ = build.round_of(stage.edition, "final")
    made = build.opened(round_, works=2, seats=1)
    opening.set_window(round_, opens_at=None, closes_at=None, reason="测试", by=me())
    session = live_build.opened(round_)
    for one in made:
        one.refresh_from_db()
    build.signed(made, [90, 80])
    live.end(session, by=me())
    closing.lock_round(round_, by=me())
    return live.go(session, "reveal", by=me())


def cast(stage: Any, *, aside: bool = False) -> tuple[Session, list[int]]:
    session = voting(stage)
    seen = live_build.hall(session)
    assert seen.current
    balloting.cast(seen, live_build.voter(seen), [seen.current.pk], "")
    ids = list(session.ballots.values_list("pk", flat=True))
    if aside:
        setting_aside.quarantine(session, ids, reason="重复", by=me())
    return session, ids


CASES: dict[Callable[..., Any], tuple[str, Callable[[Any], Callable[..., Any]]]] = {
    live.save_session: ("session.saved", lambda s: partial(live.save_session, final(s), {})),
    live.publish_seed: ("session.seeded", lambda s: partial(live.publish_seed, prepared(s), "1234")),
    live.draw_order: ("session.drawn", lambda s: partial(live.draw_order, seeded(s))),
    live.start: ("session.started", lambda s: partial(live.start, drawn(s))),
    live.go: ("session.moved", lambda s: partial(live.go, hall(s), "waiting")),
    live.pause: ("session.timed", lambda s: partial(live.pause, pitching(s))),
    live.add_time: ("session.timed", lambda s: partial(live.add_time, pitching(s), 60)),
    live.open_voting: ("session.voting", lambda s: partial(live.open_voting, pitching(s))),
    live.close_voting: ("session.voting", lambda s: partial(live.close_voting, voting(s))),
    live.end: ("session.ended", lambda s: partial(live.end, hall(s))),
    live.resume: ("session.resumed", lambda s: partial(live.resume, ended(s))),
    revealing.reveal: ("session.revealed", lambda s: partial(revealing.reveal, revealed(s), "next")),
    tokens.issue: ("tokens.issued", lambda s: partial(tokens.issue, prepared(s, identity="token"), 5)),
    setting_aside.quarantine: (
        "ballot.quarantined",
        lambda s: partial(setting_aside.quarantine, *cast(s), reason="重复"),
    ),
    setting_aside.release: (
        "ballot.released",
        lambda s: partial(setting_aside.release, *cast(s, aside=True), reason="核实"),
    ),
    setting_aside.evidence: ("ballots.exported", lambda s: partial(setting_aside.evidence, cast(s)[0])),
}
