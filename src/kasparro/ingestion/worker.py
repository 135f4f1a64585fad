"""Keeps every stream up to date: queues what is due and carries out what is queued."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from kasparro.core.errors import ConfigurationError, UnavailableError
from kasparro.ingestion.due import due
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.retention import Retention
from kasparro.ingestion.upkeep import Upkeep
from kasparro.store import claims, queue, streams, workers
from kasparro.store.connect import Connection, connect, reaching_the_database

TICK_SECONDS = 1.0
GRACE_SECONDS = 5.0
LOOK_AGAIN = timedelta(minutes=1)  # for files that were put down or taken away

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Worker:
    """One process's share of the work: a lane per source, so that none waits for another."""

    engine: Engine
    name: str
    interval: Callable[[str, str], timedelta | None]  # of (source, stream); None: when asked for
    scheduler: bool = True
    retention: Retention = field(default_factory=Retention)
    stop: threading.Event = field(default_factory=threading.Event)
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    _streams: set[tuple[str, str]] = field(default_factory=set)  # those there are now
    _look_again_at: datetime | None = None

    def work(self) -> None:
        """Work until `stop` is set. Survives a database that goes away and comes back."""
        lanes = [
            threading.Thread(target=self._lane, args=(source,), name=source, daemon=True)
            for source in self.engine.sources
        ]
        lanes.append(threading.Thread(target=self._keep_up, name="upkeep", daemon=True))
        for lane in lanes:
            lane.start()
        self._repeat(self._keep_house)
        for lane in lanes:
            lane.join(GRACE_SECONDS)
        with connect(self.engine.url) as connection, reaching_the_database(self.engine.url):
            workers.dismiss(connection, self.id)

    def _lane(self, source: str) -> None:
        self._repeat(lambda connection: self._carry_out(connection, source))

    def _keep_up(self) -> None:
        upkeep = Upkeep(
            url=self.engine.url,
            clock=self.engine.clock,
            holder=self.name,
            lease_duration=self.engine.lease_duration,
        )
        self._repeat(upkeep.apply)

    def _repeat(self, task: Callable[[Connection], None]) -> None:
        while not self.stop.is_set():
            try:
                with connect(self.engine.url) as connection, reaching_the_database(self.engine.url):
                    queue.listen(connection)
                    while not self.stop.is_set():
                        task(connection)
                        queue.wait_for_news(connection, TICK_SECONDS)
            except (UnavailableError, ConfigurationError) as error:
                log.warning("database unavailable", reason=str(error))
                self.stop.wait(TICK_SECONDS)
            except Exception:  # a lane that died would take its source with it, unnoticed
                log.exception("the worker stumbled over a defect of ours and goes on")
                self.stop.wait(TICK_SECONDS)

    def _keep_house(self, connection: Connection) -> None:
        now = self.engine.clock.now()
        if self._look_again_at is None or now >= self._look_again_at:
            self._streams = set(self.engine.register(connection))
            self._look_again_at = now + LOOK_AGAIN
        workers.announce(connection, self.id, self.name)  # whoever sees us may ask for every stream
        for run_id in claims.abandon_orphans(connection):
            log.warning("run abandoned", run_id=run_id, reason="its process is gone")
        if self.scheduler:
            with streams.scheduling(connection) as ours:
                if ours:
                    self._queue_due(connection)

    def _queue_due(self, connection: Connection) -> None:
        offset = streams.sweep_offset(connection)
        now = self.engine.clock.now()
        for state in streams.stream_states(connection):
            if state.active or (state.source, state.stream) not in self._streams:
                continue
            interval = self.interval(state.source, state.stream)
            if interval is None:
                continue
            access = self.engine.access.get(state.source)
            start = due(state, access, interval=interval, offset=offset)
            if start is None or start <= now:
                queue.enqueue(connection, state.source, state.stream, "schedule")

    def _carry_out(self, connection: Connection, source: str) -> None:
        run = claims.claim(
            connection,
            [source],
            holder=self.name,
            lease_duration=self.engine.lease_duration,
            config_versions=self.engine.versions,
        )
        if run is not None:
            self.engine.execute(run)
            return
        self.retention.apply(
            self.engine.url,
            source,
            clock=self.engine.clock,
            holder=self.name,
            lease_duration=self.engine.lease_duration,
        )
