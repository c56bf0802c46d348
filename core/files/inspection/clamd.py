"""Asking ClamAV's daemon, where one is set (`CLAMD_SOCKET`). Only a clear “OK” is clean; anything else is no answer.

The protocol's INSTREAM: chunks with their length in front, a length of 0 at the end, one line back.
"""

import socket
from typing import IO

from django.conf import settings

CHUNK = 256 * 1024
SECONDS = 120.0  # for each step; a film of 500 MB takes its time


class Unscanned(Exception):
    """The scanner could not be asked, or gave no clear answer: the file stays in quarantine, to be asked again."""


def scan(file: IO[bytes]) -> str:
    """The name of the virus found in an open file; empty when it is clean or no scanner is set. Raises Unscanned."""
    if not settings.CLAMD_SOCKET:
        return ""
    try:
        said = _ask(file, settings.CLAMD_SOCKET)
    except OSError as error:
        raise Unscanned(f"{type(error).__name__}: {error}") from error
    if said == "stream: OK":
        return ""
    name = said.removeprefix("stream: ").removesuffix(" FOUND")
    if not said.endswith(" FOUND") or name.startswith("Heuristics.Limits.Exceeded"):
        raise Unscanned(said[:200] or "no answer")
    return name


def _ask(file: IO[bytes], address: str) -> str:
    """One conversation. address: a socket's path, or host:port. Raises OSError."""
    host, _, port = address.rpartition(":")
    is_path = "/" in address or not port.isdigit()
    with socket.socket(socket.AF_UNIX) if is_path else socket.create_connection((host, int(port)), 10) as line:
        line.settimeout(SECONDS)
        if is_path:
            line.connect(address)
        file.seek(0)
        line.sendall(b"zINSTREAM\0")
        try:
            while chunk := file.read(CHUNK):
                line.sendall(len(chunk).to_bytes(4, "big") + chunk)
            line.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough (too large for it) and says so before it closes
        answer = b""
        while b"\0" not in answer and len(answer) < 4096 and (part := line.recv(4096)):
            answer += part
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
