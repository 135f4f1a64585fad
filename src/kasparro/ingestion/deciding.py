"""Carries out what a person decided about a drift: one transaction, under the stream's lease."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from kasparro.core.clock import Clock
from kasparro.core.errors import BadRequestError, BusyError
from kasparro.core.source import Source
from kasparro.ingestion.retry import Retried, retry_stream
from kasparro.store import drift_decisions, leases
from kasparro.store.connect import Connection, connect
from kasparro.store.drift_decisions import Case
from kasparro.store.leases import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about which event, and what became of the records that waited."""

    case: Case
    retried: Retried = field(default_factory=Retried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides, and with what."""

    url: str
    sources: Mapping[str, Source]
    holder: str
    lease_duration: timedelta
    clock: Clock

    def accept(self, event_id: int, note: str | None) -> Decided:
        """The source is right: read what waited for this, and everything from now on, so.

        Raises NotFoundError, BadRequestError where it is accepted already, and BusyError while a
        run of the stream is under way. Killed at any moment, it leaves all of it or nothing.
        """
        with self._deciding(event_id, "accepted") as (connection, one, lease):
            drift_decisions.accept(connection, one, self.clock.now(), note)
            retried = retry_stream(
                connection, self.sources, one.stream, lease=lease, clock=self.clock
            )
        return Decided(case=one, retried=retried)

    def reject(self, event_id: int, note: str | None) -> Decided:
        """The source is wrong: what is held stays out, and so does what comes like it.

        Raises as `accept` does; what was accepted is in the tables, and stays.
        """
        with self._deciding(event_id, "accepted", "rejected") as (connection, one, _):
            drift_decisions.reject(connection, one, self.clock.now(), note)
        return Decided(case=one)

    @contextmanager
    def _deciding(self, event_id: int, *decided: str) -> Iterator[tuple[Connection, Case, Lease]]:
        """A transaction in which no run judges by what is just being decided."""
        with connect(self.url) as connection:
            lease = self._lease(connection, drift_decisions.case(connection, event_id))
            try:
                with leases.kept_alive(self.url, lease), connection.transaction():
                    one = drift_decisions.case(connection, event_id)
                    if one.status in decided:
                        raise BadRequestError(f"event {event_id} is {one.status} already")
                    yield connection, one, lease
                    leases.fence(connection, lease)
            finally:
                leases.release(connection, lease)

    def _lease(self, connection: Connection, one: Case) -> Lease:
        lease = leases.acquire(
            connection,
            one.stream.stream_id,
            run_id="drift",
            holder=self.holder,
            duration=self.lease_duration,
        )
        if lease is None:
            name = f"{one.stream.source} {one.stream.stream}"
            raise BusyError(f"{name} is being ingested; decide when it is done")
        return lease
