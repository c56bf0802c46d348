"""A mail server that misbehaves as told: the behaviours of R8."""

import re
import select
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Arrival(NamedTuple):
    """A whole message that came in, and what the server made of it."""

    address: str
    message_id: str
    outcome: str  # "accepted", "silent" (kept, but never answered), or a refusal: "554 spam"


@dataclass
class Sink:
    """What the server does with the next messages, and what it has taken."""

    port: int = 0
    # accept, drop, stall, half, drop-at-rcpt, no-quit, or a reply: "rcpt 550 no such user"
    behaviour: str = "accept"
    plans: dict[str, list[str]] = field(default_factory=dict)  # recipient → what its next messages meet instead
    pause: float = 0.0  # seconds between a message's last byte and the answer to it
    taken: list[bytes] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    waiting: set[int] = field(default_factory=set)  # sessions whose message is in and not yet answered
    reached: threading.Event = field(default_factory=threading.Event)  # a message's last byte has come in

    def meets(self, address: str) -> str:
        """The behaviour for the next message to a recipient."""
        plan = self.plans.get(address)
        return plan.pop(0) if plan else self.behaviour


class _Session(socketserver.StreamRequestHandler):
    sink: Sink

    def handle(self) -> None:
        self.sink = sink = self.server.sink  # type: ignore[attr-defined]
        behaviour, address = sink.behaviour, ""
        with suppress(ConnectionError):  # whoever sent was killed
            self.say("220 sink")
            for line in self.rfile:
                verb = line.decode("ascii", "replace").split()[0].upper()
                if verb == "RCPT":
                    address = line.decode("ascii", "replace").partition("<")[2].partition(">")[0]
                    behaviour = sink.meets(address)
                stage, _, reply = behaviour.partition(" ")
                if verb == stage.upper():
                    self.say(reply)
                elif verb == "RCPT" and stage == "drop-at-rcpt":
                    return
                elif verb == "DATA":
                    self.say("354 go on")
                    if stage == "half":
                        self.rfile.readline()
                        return
                    if not self.take(address, stage, reply):
                        return
                elif verb == "QUIT":
                    if stage != "no-quit":
                        self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    def take(self, address: str, stage: str, reply: str) -> bool:
        """Read a message and answer it. False when it is kept without an answer."""
        message = self.message()
        if message is None:
            return False
        found = re.search(rb"(?mi)^Message-ID:\s*(<[^>]+>)", message)
        self.sink.waiting.add(id(self))
        self.sink.taken.append(message)
        self.sink.reached.set()
        silent = stage == "drop" or self.left_waiting(None if stage == "stall" else self.sink.pause)
        outcome = "silent" if silent else reply if stage == "end" else "accepted"
        self.sink.arrivals.append(Arrival(address, found[1].decode() if found else "", outcome))
        self.sink.waiting.discard(id(self))
        if not silent:
            self.say(reply if stage == "end" else "250 taken")
        return not silent

    def left_waiting(self, seconds: float | None) -> bool:
        """Keep the sender waiting (None: for ever); True when it has hung up meanwhile."""
        return bool(select.select([self.connection], [], [], seconds)[0])

    def message(self) -> bytes | None:
        """The next message; None when it breaks off."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line)
        return b"".join(lines)

    def say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


@contextmanager
def running() -> Iterator[Sink]:
    """A sink on a free local port."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.sink = sink = Sink(port=server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield sink
        server.shutdown()
