"""One deed of the organiser's or the worker's in a process of its own, so that it can be killed.

`python -m tests.judging.deeds publish 12`
"""

import sys

import django


def main(deed: str, argument: str) -> None:
    """deed: work (drain a kind of jobs), publish (a plan's key), lock (a round's key)."""
    django.setup()
    from core.jobs.services import drain  # Django has to be set up first
    from judging.models import Plan, Round
    from judging.services import assigning, closing
    from tests.judging import build

    match deed:
        case "work":
            drain(argument)
        case "publish":
            assigning.publish(Plan.objects.get(pk=argument), by=build.organiser())
        case "lock":
            closing.lock_round(Round.objects.get(pk=argument), by=build.organiser(), reason="到时间了")


if __name__ == "__main__":
    main(*sys.argv[1:])
