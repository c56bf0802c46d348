"""A mail server that misbehaves as told: the behaviours of R8."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass
class Sink:
    """What the server does with the next messages, and what it has taken."""

    port: int = 0
    behaviour: str = "accept"  # accept, drop, stall, drop-at-rcpt, no-quit, or a reply: "rcpt 550 no such user"
    taken: list[bytes] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)  # a message's last byte has come in


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        self.say("220 sink")
        for line in self.rfile:
            verb = line.decode("ascii", "replace").split()[0].upper()
            stage, _, reply = sink.behaviour.partition(" ")
            if verb == stage.upper():
                self.say(reply)
            elif verb == "RCPT" and stage == "drop-at-rcpt":
                return
            elif verb == "DATA":
                self.say("354 go on")
                sink.taken.append(self.message())
                sink.reached.set()
                if stage == "stall":
                    time.sleep(60)
                if stage in {"drop", "stall"}:
                    return
                self.say(reply if stage == "end" else "250 taken")
            elif verb == "QUIT":
                if stage != "no-quit":
                    self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def running() -> Iterator[Sink]:
    """A sink on a free local port."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.sink = sink = Sink(port=server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield sink
        server.shutdown()
