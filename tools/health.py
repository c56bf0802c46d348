"""A container's health: `python -m tools.health URL [PART]` asks the portal at URL; exit code 0 means well."""

import json
import sys
import urllib.request


def main(address: str, part: str = "") -> int:
    """Whether the portal serves, or one part of it (`beat`) is as it should be."""
    # Asked inside the network: as a host the portal knows, and as if over TLS, or it would send us there.
    headers = {"Host": "127.0.0.1", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"{address}/healthz", headers=headers)
    with urllib.request.urlopen(request, timeout=4) as answer:  # an HTTP error ends this program: not well
        health = json.load(answer)
    return 0 if not part or health["checks"][part]["status"] == "ok" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
