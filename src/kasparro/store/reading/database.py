"""The reading side's way to PostgreSQL: asked before it is there, or after it left, it says so."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from time import monotonic
from typing import Any, LiteralString, TypeVar

import psycopg
import structlog

from kasparro.core.errors import UnavailableError
from kasparro.store.reading.listen import VersionWatch
from kasparro.store.reading.sessions import Reader, Sessions

T = TypeVar("T")
Row = tuple[Any, ...]

PATIENCE = timedelta(seconds=3)

log = structlog.get_logger()


class Database:
    """What the API asks. Starts empty, so that the API can answer before there is a database."""

    def __init__(self, *, size: int = 8, patience: timedelta = PATIENCE) -> None:
        self._size = size
        self._patience = patience
        # A failure this early is a dead session; a later one is a database that keeps silent.
        self._quick_seconds = patience.total_seconds() / 3
        self._url: str | None = None
        self._sessions: Sessions | None = None
        self.watch = VersionWatch()

    @property
    def url(self) -> str:
        """Where the database is. Raises UnavailableError before `open`."""
        if self._url is None:
            raise UnavailableError("starting: there is no database yet; ask again in a moment")
        return self._url

    @property
    def is_open(self) -> bool:
        return self._url is not None

    async def open(self, url: str) -> None:
        """Ask this server from now on, whether it can be reached yet or not."""
        await self.close()
        self._url = url
        self._sessions = Sessions(url, size=self._size, patience=self._patience)
        self.watch.start(url)

    async def close(self) -> None:
        await self.watch.stop()
        if self._sessions is not None:
            await self._sessions.close()
        self._url = self._sessions = None

    async def rows(self, sql: LiteralString, arguments: Mapping[str, Any]) -> list[Row]:
        """The rows one query answers. Raises UnavailableError."""

        async def question(reader: Reader) -> list[Row]:
            return await (await reader.execute(sql, arguments)).fetchall()

        return await self.ask(question)

    async def snapshot(self, question: Callable[[Reader], Awaitable[T]]) -> T:
        """Several queries that all see one state of the data. Raises UnavailableError.

        A pipeline is one transaction of its own accord; saying BEGIN and COMMIT took as long again.
        """

        async def inside(reader: Reader) -> T:
            async with reader.pipeline():
                return await question(reader)

        return await self.ask(inside)

    async def ask(self, question: Callable[[Reader], Awaitable[T]]) -> T:
        """Put a question; it only reads, so a session that died is replaced once, unnoticed.

        Raises UnavailableError when there is no database, no session free or no answer in time.
        """
        began = monotonic()
        try:
            return await self._attempt(question)
        except (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError) as error:
            if monotonic() - began > self._quick_seconds:
                raise _unavailable(error) from error
        try:
            return await self._attempt(question)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise _unavailable(error) from error

    async def _attempt(self, question: Callable[[Reader], Awaitable[T]]) -> T:
        if self._sessions is None:
            raise UnavailableError("starting: there is no database yet; ask again in a moment")
        try:
            async with self._sessions.borrow() as reader:
                return await question(reader)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            await self._sessions.forget_idle()
            raise
        except psycopg.errors.InsufficientPrivilege as error:
            log.warning("database user without rights", reason=str(error).partition("\n")[0])
            raise UnavailableError(
                "the database does not let its user read our tables; `kasparro doctor` says more"
            ) from None
        except psycopg.errors.UndefinedTable as error:
            log.warning("database without schema", reason=str(error).partition("\n")[0])
            raise UnavailableError(
                "the database has no schema yet; `kasparro db migrate` makes it"
            ) from None


def _unavailable(error: psycopg.Error) -> UnavailableError:
    log.warning("database unavailable", reason=str(error).strip().partition("\n")[0])
    return UnavailableError("the database cannot be reached; ask again in a moment")
