"""`python3 -m tools COMMAND …` (what the Makefile calls): set the machine up, then go on inside `.venv`."""

import os
import sys

from tools import machine


def main() -> None:
    """Prepare this machine for the command in argv, then replace this process by `.venv`'s Python."""
    command = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        machine.prepare(tests=command in {"test", "soak"})
    except machine.NotReady as problem:
        sys.exit(str(problem))
    os.execv(machine.PYTHON, [str(machine.PYTHON), "-m", "tools.commands", command, *sys.argv[2:]])


if __name__ == "__main__":
    main()
