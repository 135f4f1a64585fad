"""A line to PostgreSQL that a test can cut, hold and mend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from psycopg.conninfo import conninfo_to_dict

Ends: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Line:
    """Forwards bytes both ways. Cut: refuses and hangs up. Held: keeps silent, loses nothing."""

    def __init__(self, url: str) -> None:
        self._parts = conninfo_to_dict(url)
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The database at the other end, by way of this line."""
        user = str(self._parts["user"])
        if "password" in self._parts:
            user = f"{user}:{self._parts['password']}"
        return f"postgresql://{user}@127.0.0.1:{self._port}/{self._parts['dbname']}"

    async def mend(self) -> None:
        """Let calls through, again or for the first time, always at the same port."""
        self._open.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._call, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def hold(self) -> None:
        self._open.clear()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._dial()
        for source, target in ((reader, there[1]), (there[0], writer)):
            task = asyncio.create_task(self._forward(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._writers |= {writer, there[1]}

    async def _dial(self) -> Ends:
        host, port = str(self._parts.get("host", "127.0.0.1")), int(self._parts.get("port", 5432))
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await source.read(65_536):
                await self._open.wait()
                target.write(some)
                await target.drain()
        target.transport.abort()
        self._writers.discard(target)


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    line = Line(url)
    await line.mend()
    try:
        yield line
    finally:
        line.hold()
        await line.cut()
