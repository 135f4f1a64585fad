"""A few read-only sessions, shared by the requests of one process.

Unlike a general pool it fails at once when the server refuses us, hangs up on a server that fell
silent, and lets go of all idle sessions when one of them turns out to be dead: nobody waits for a
database that is not there, and a restarted one is used again by the next request.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus

from kasparro.core.errors import UnavailableError
from kasparro.store.connect import session

Reader: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

CONNECT_SECONDS = 2  # the least libpq knows
QUEUE_SECONDS = 1.0  # how long a request waits for a session while all are busy


class Sessions:
    """At most `size` sessions, opened when needed and kept while they live."""

    def __init__(self, url: str, *, size: int, patience: timedelta) -> None:
        self._url = url
        self._patience = patience.total_seconds()
        self._turn = asyncio.Semaphore(size)
        self._idle: list[Reader] = []
        self._closed = False

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Reader]:
        """A session of one's own for one question, cut off when the server stays silent.

        Raises UnavailableError when every session is busy; whatever psycopg raises passes through.
        """
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            raise UnavailableError("too many questions at once; ask again in a moment") from None
        try:
            reader = (
                self._idle.pop()
                if self._idle
                else await connect_reader(self._url, statement_timeout=f"{self._patience:g}s")
            )
            try:
                with hanging_up(reader, after=self._patience + 0.2):
                    yield reader
            finally:
                await self._put_back(reader)
        finally:
            self._turn.release()

    async def forget_idle(self) -> None:
        """Close what is not in use: one session was found dead, so the others may be too."""
        while self._idle:
            await self._idle.pop().close()

    async def close(self) -> None:
        self._closed = True
        await self.forget_idle()

    async def _put_back(self, reader: Reader) -> None:
        idle = reader.info.transaction_status == TransactionStatus.IDLE
        if idle and not self._closed:
            self._idle.append(reader)
        else:
            await reader.close()


async def connect_reader(url: str, **options: str) -> Reader:
    """Open a session that cannot write, and whose transactions see one state of the data.

    Raises psycopg.OperationalError.
    """
    arguments = session(
        default_transaction_read_only="on",
        default_transaction_isolation="repeatable\\ read",
        **options,
    )
    arguments["connect_timeout"] = CONNECT_SECONDS
    return await psycopg.AsyncConnection.connect(url, autocommit=True, **arguments)


@contextmanager
def hanging_up(reader: Reader, *, after: float) -> Iterator[None]:
    """Close the line under a server that does not answer within `after` seconds.

    Cancelling will not do: psycopg then asks the silent server to cancel, and waits for it.
    """
    timer = asyncio.get_running_loop().call_later(after, hang_up, reader)
    try:
        yield
    finally:
        timer.cancel()


def hang_up(reader: Reader) -> None:
    """Whoever waits for this session's answer gets psycopg.OperationalError now."""
    if reader.closed:
        return
    line = socket.socket(fileno=reader.fileno())
    try:
        line.shutdown(socket.SHUT_RDWR)
    finally:
        line.detach()
