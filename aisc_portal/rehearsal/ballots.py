"""The public at the 终审: a hall is drawn and opened, each team is voted on, some try twice, one browser cheats."""

from collections import Counter
from random import Random

from core.problems import Refused
from judging.ballot_keys import hashed
from judging.live_state import Hall, look_now
from judging.models import Round, Session
from judging.services import balloting, live, setting_aside
from judging.services.facts import count_of
from judging.services.voters import Voter

from .scene import Scene

LEAST, PUBLIC, CHEATS, VOTES = 30, 130, 5, 3  # phones in the hall of a small contest, of a large one; those in one
# hand; votes each
TWICE, TAKES_PART = 0.2, 0.5  # shares: who taps again, who votes for a team
ADDRESS = "203.0.113.7"  # the hotel's: everybody's


def vote(scene: Scene, round_: Round) -> Counter[str]:
    """Run the hall of a round from the draw to its end. Returns what the public did; call it before the lock."""
    chance = Random(f"ballots-{round_}-{scene.count}")  # noqa: S311  # a rehearsal must repeat itself
    told = Counter[str]()
    with scene.accepted(f"{round_}现场"):
        session = _opened(scene, round_, chance)
    people = [_voter(session, number) for number in range(min(PUBLIC, LEAST + scene.count))]
    for turn in session.turns.order_by("position"):
        live.go(session, "pitch", turn, by=scene.organiser)
        live.go(session, "questions", by=scene.organiser)
        live.open_voting(session, by=scene.organiser)
        hall = look_now(session.code)
        if hall is None:
            continue
        for number, person in enumerate(people):
            if number < CHEATS or chance.random() < TAKES_PART:
                _tap(scene, hall, person, turn.pk, told)
                if chance.random() < TWICE:
                    _tap(scene, hall, person, turn.pk, told)
        live.close_voting(session, by=scene.organiser)
        scene.refused({"ballot.closed"}, balloting.cast, hall, people[-1], [turn.pk], ADDRESS)
    _set_aside(scene, session, told)
    with scene.accepted(f"{round_}现场结束"):
        live.end(session, by=scene.organiser)
    count = count_of(session)
    told["counted"] += count.ballots
    scene.expect(
        count.ballots + count.quarantined + count.incomplete == session.ballots.values("identity").distinct().count(),
        f"{round_}：票数与投票人数不符",
    )
    return told


def _opened(scene: Scene, round_: Round, chance: Random) -> Session:
    session = live.save_session(round_, {"choices_max": VOTES}, by=scene.organiser)
    live.publish_seed(session, f"观众报数 {chance.randrange(10**6):06}", by=scene.organiser)
    live.draw_order(session, by=scene.organiser)
    return live.start(session, by=scene.organiser)


def _voter(session: Session, number: int) -> Voter:
    """Somebody whose phone was verified; the first few share one browser."""
    identity = hashed(session.pk, session.code, "phone", f"rehearsal-{number}")
    device = hashed(session.pk, session.code, "device", str(max(number, CHEATS - 1)))
    return Voter(session.pk, session.code, identity, "138****0000", device)


def _tap(scene: Scene, hall: Hall, person: Voter, turn: int, told: Counter[str]) -> None:
    try:
        balloting.cast(hall, person, [turn], ADDRESS)
    except Refused as refused:
        told["refused"] += 1
        scene.expect(refused.codes == ["ballot.twice"], f"选票应拒为重复，实为 {refused.codes}")
    else:
        told["taken"] += 1


def _set_aside(scene: Scene, session: Session, told: Counter[str]) -> None:
    """The one browser with many phones is found, set aside, and one of its ballots is given back."""
    found = [group for group in setting_aside.suspicious(session) if group.code == "device"]
    scene.expect(len(found) == 1, f"{session}：应查出 1 台可疑设备，实为 {len(found)}")
    for group in found:
        told["set aside"] += setting_aside.quarantine(
            session, group.ballots, reason="同一设备多个身份", by=scene.organiser
        )
        setting_aside.release(session, group.ballots[:1], reason="核实是本人", by=scene.organiser)
