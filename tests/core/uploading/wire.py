"""A tus client on a bare socket, that can be cut; for servers in a process of their own."""

import base64
import hashlib
import http.client
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.test import Client

from core.accounts.models import User

SEND = 256 * 1024
TOKEN = "a" * 32


class Cut(Exception):
    """The line was cut by whoever holds it."""


def session_of(user: User) -> str:
    """The cookies of somebody signed in."""
    client = Client()
    client.force_login(user)
    return f"session={client.cookies['session'].value}; csrf={TOKEN}"


def sha256(path: Path) -> str:
    """Of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Wire:
    """Speaks to the slot of a server on this machine."""

    port: int
    cookies: str

    def announce(self, path: Path) -> str:
        """The upload's address."""
        facts = {"filename": path.name, "sha256": sha256(path)}
        said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items())
        headers = {"Upload-Length": str(path.stat().st_size), "Upload-Metadata": said, "Content-Length": "0"}
        return self.ask("POST", "/slot/uploads/", headers).headers["Location"]

    def offset(self, url: str) -> int:
        """How far the server is."""
        return int(self.ask("HEAD", url).headers["Upload-Offset"])

    def send(self, url: str, path: Path, *, size: int, cut: Callable[[int, socket.socket], None] | None = None) -> int:
        """Send one request of up to `size` bytes from where the server is. Returns the new offset.

        cut: called after every bit with the bytes sent and the socket; raises Cut.
        """
        offset = self.offset(url)
        length = min(size, path.stat().st_size - offset)
        line = self._line()
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        self._head(line, "PATCH", url, headers | {"Content-Length": str(length)})
        for sent, data in _bits(path, offset, length):
            line.send(data)
            if cut:
                cut(offset + sent, line.sock)
        answer = line.getresponse()
        body = answer.read()
        line.close()
        if answer.status != 204:
            raise RuntimeError(f"{answer.status} {body.decode()}")
        return int(answer.headers["Upload-Offset"])

    def ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """A request without a body."""
        line = self._line()
        self._head(line, method, url, headers or {})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def _head(self, line: http.client.HTTPConnection, method: str, url: str, headers: dict[str, str]) -> None:
        line.putrequest(method, url)
        own = {"Tus-Resumable": "1.0.0", "Cookie": self.cookies, "X-CSRFToken": TOKEN}
        for name, value in (own | headers).items():
            line.putheader(name, value)
        line.endheaders()


def _bits(path: Path, offset: int, length: int) -> Iterator[tuple[int, bytes]]:
    """(bytes handed out with this one, the bytes)"""
    sent = 0
    with path.open("rb") as file:
        file.seek(offset)
        while sent < length:
            data = file.read(min(SEND, length - sent))
            sent += len(data)
            yield sent, data


def hang_up_at(offset: int) -> Callable[[int, socket.socket], None]:
    """The browser is closed."""

    def cut(sent: int, line: socket.socket) -> None:
        if sent >= offset:
            line.close()
            raise Cut

    return cut


def reset_at(offset: int) -> Callable[[int, socket.socket], None]:
    """The network goes: no farewell, what is under way is lost."""

    def cut(sent: int, line: socket.socket) -> None:
        if sent >= offset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
            raise Cut

    return cut
