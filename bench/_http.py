"""A browser for measuring: one keep-alive connection, cookies, raw HTTP/1.1 by asyncio, hundreds in one process."""

import asyncio
import time
from typing import Any

from bench._flows import TYPE, Ask, Flow, Page, path_of

PATIENCE = 120  # seconds until an answer counts as none


class Browser:
    """One person's. `posts` are the milliseconds of each POST, `again` how often a request was repeated because the
    server had closed the idle connection meanwhile, as every browser does."""

    def __init__(self, port: int, *, address: str = "127.0.0.1", cookies: dict[str, str] | None = None) -> None:
        self.port, self.address = port, address
        self.cookies = dict(cookies or {})
        self.posts: list[float] = []
        self.asked = self.again = 0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def do(self, flow: Flow) -> Any:
        """Carry out a flow; what it returns."""
        ask = next(flow)
        while True:
            page = await self.ask(ask)
            try:
                ask = flow.send(page)
            except StopIteration as end:
                return end.value

    async def ask(self, ask: Ask) -> Page:
        """One request, answered within PATIENCE. Raises OSError, TimeoutError."""
        began = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            page = await self._sent(ask)
        self.asked += 1
        if ask.data is not None:
            self.posts.append((time.perf_counter() - began) * 1000)
        return page

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _sent(self, ask: Ask) -> Page:
        idle = self._streams is not None
        try:
            return await self._once(ask)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.close()
            begun = isinstance(error, asyncio.IncompleteReadError) and error.partial
            if not idle or begun:
                raise
            self.again += 1  # nothing was answered on a connection that had been idle: ask anew
            return await self._once(ask)

    async def _once(self, ask: Ask) -> Page:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        writer.write(self._head(ask) + (ask.body if ask.data is not None else b""))
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.split("\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        found = dict(headers)
        body = await reader.readexactly(int(found.get("content-length", 0)))
        for name, value in headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if found.get("connection", "").lower() == "close":
            self.close()
        return Page(int(status.split()[1]), body.decode(), path_of(found.get("location", "")))

    def _head(self, ask: Ask) -> bytes:
        lines = [f"{'GET' if ask.data is None else 'POST'} {ask.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"X-Forwarded-For: {self.address}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if ask.data is not None:
            lines += [f"Content-Type: {TYPE}", f"Content-Length: {len(ask.body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
