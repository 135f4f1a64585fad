"""Knows whether the data changed since an answer was made: listens for every writer's commit."""

import asyncio
from time import monotonic

import psycopg
import structlog

from kasparro.store.reading.sessions import Reader, connect_reader, hang_up, hanging_up

CHANNEL = "kasparro_data"
PING_SECONDS = 1.0
SILENCE_SECONDS = 2.0  # unheard of for longer, the listener may have missed a commit
RETRY_SECONDS = 0.5

log = structlog.get_logger()


class VersionWatch:
    """Counts commits. An answer made at one count is true as long as the count stays."""

    def __init__(self) -> None:
        self._count = 0
        self._heard_at: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._reader: Reader | None = None

    def generation(self) -> int | None:
        """The count now; None while nobody can say whether something was committed."""
        if self._heard_at is None or monotonic() - self._heard_at > SILENCE_SECONDS:
            return None
        return self._count

    def start(self, url: str) -> None:
        self._task = asyncio.create_task(self._keep_listening(url), name="version watch")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            if self._reader is None:
                task.cancel()
            else:
                hang_up(self._reader)  # cancelled, psycopg would first talk to a silent server
            await asyncio.wait({task})
        self._heard_at = None

    async def _keep_listening(self, url: str) -> None:
        while True:
            try:
                await self._listen(url)
            except psycopg.Error as error:
                log.debug("not listening", reason=str(error).strip().partition("\n")[0])
            self._heard_at = None
            if self._task is None:
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, url: str) -> None:
        """Listen until the session ends; raises psycopg.Error then."""
        async with await connect_reader(url) as reader:
            self._reader = reader
            try:
                await self._follow(reader)
            finally:
                self._reader = None

    async def _follow(self, reader: Reader) -> None:
        with hanging_up(reader, after=SILENCE_SECONDS):
            await reader.execute(f"listen {CHANNEL}")
        self._count += 1  # whatever was committed before we listened
        while True:
            await self._ping(reader)
            async for _ in reader.notifies(timeout=PING_SECONDS):
                self._count += 1

    async def _ping(self, reader: Reader) -> None:
        with hanging_up(reader, after=SILENCE_SECONDS):
            await reader.execute("select")
        self._heard_at = monotonic()
