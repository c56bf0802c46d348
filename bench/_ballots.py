"""Phones that vote: requests written beforehand, sent over a hundred kept connections, one process for all of them."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

CONNECTIONS = 64
CSRF = "b" * 32


@dataclass
class Outcome:
    """What came back."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)  # seconds, each


def request(path: str, cookies: dict[str, str], data: dict[str, object], address: str) -> bytes:
    """One ballot as a phone's browser sends it."""
    body = urlencode(data).encode()
    jar = "; ".join(f"{name}={value}" for name, value in ({"csrf": CSRF} | cookies).items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\nAccept: application/json\r\n"
        f"X-CSRFToken: {CSRF}\r\nCookie: {jar}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, requests: list[bytes]) -> Outcome:
    """All of them, as fast as they are answered."""
    return asyncio.run(_send(port, requests))


async def _send(port: int, requests: list[bytes]) -> Outcome:
    waiting = iter(requests)
    outcome = Outcome(0)
    began = time.perf_counter()
    await asyncio.gather(*(_phone(port, waiting, outcome) for _ in range(CONNECTIONS)))
    outcome.seconds = time.perf_counter() - began
    return outcome


async def _phone(port: int, waiting: "object", outcome: Outcome) -> None:
    reader = writer = None
    for body in waiting:  # type: ignore[attr-defined]
        sent = time.perf_counter()
        for _ in range(3):  # a worker that is renewed hangs up; the browser asks again
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(body)
                head = await reader.readuntil(b"\r\n\r\n")  # type: ignore[union-attr]
                break
            except (OSError, EOFError):
                writer = None
        else:
            outcome.statuses[0] += 1
            continue
        outcome.statuses[int(head[9:12])] += 1
        lower = head.lower()
        at = lower.find(b"content-length:")
        if at >= 0:
            await reader.readexactly(int(lower[at + 15 : lower.index(b"\r", at)]))  # type: ignore[union-attr]
        if b"connection: close" in lower:
            writer.close()
            writer = None
        outcome.waits.append(time.perf_counter() - sent)
    if writer:
        writer.close()
