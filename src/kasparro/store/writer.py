"""The writing side of one run: its session, its transactions, and the lease that fences them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

import psycopg

from kasparro.core.drift.event import Drift
from kasparro.core.errors import UnavailableError
from kasparro.core.source import Payload, Request
from kasparro.store import leases, payloads
from kasparro.store.claims import Run
from kasparro.store.connect import connect, writer_options
from kasparro.store.drift import DriftBook
from kasparro.store.facts import ensure_partitions, pipelined
from kasparro.store.payloads import Stored
from kasparro.store.rights import not_allowed
from kasparro.store.run_book import RunBook
from kasparro.store.steps import Checkpoint, Committed, Measured, Step, Tally

DATA_CHANNEL = "kasparro_data"


class StreamWriter:
    """Everything one run writes. A context manager, because it owns its database session."""

    def __init__(self, url: str, run: Run, *, carries_prices: bool) -> None:
        self._url = url
        self._run = run
        self._carries_prices = carries_prices
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def reopen(self) -> str | None:
        """After a lost session: a fresh one, and nothing remembered.

        Returns the run's status when it is over: a commit can succeed without our hearing of it.
        Raises UnavailableError, and LeaseLostError when another worker took over.
        """
        self._connection.close()
        self._open()
        with self._reached():
            status = self._book.status()
            if status != "running":
                return status
            leases.fence(self._connection, self._run.lease)
        return None

    def checkpoint(self) -> Checkpoint | None:
        with self._reached():
            return self._book.checkpoint()

    def last_payload(self, request: Request) -> Stored | None:
        with self._reached():
            return self._book.last_payload(request)

    def stored_body(self, stored: Stored) -> bytes:
        with self._reached():
            return payloads.body(self._connection, stored.payload_id)

    def missing(self, since: datetime) -> list[str]:
        """Tracked and pinned ids the sweep begun at `since` has not shown yet."""
        with self._reached():
            return self._book.listings.missing(since)

    @contextmanager
    def drift(self) -> Iterator[DriftBook]:
        """What is known of the stream's drift, to be read. Raises UnavailableError."""
        with self._reached():
            yield self._book.drift

    def commit(self, step: Step) -> Committed:
        """Commit payload, rows, quarantine, counts, checkpoint and lease in one transaction.

        Raises LeaseLostError when another worker took over and UnavailableError when the session
        was lost; either way go on from the checkpoint in the database, not from memory.
        """
        with self._reached():
            observations = step.result.observations if step.result is not None else []
            ensure_partitions(self._connection, observations, self._months)
            try:
                with pipelined(self._connection, observations), self._connection.transaction():
                    committed = self._book.write(step)
                    self._announce()
                    leases.fence(self._connection, self._run.lease)
            except BaseException:
                self._book.listings.forget()
                raise
        return committed

    def keep_uninterpreted(self, payload: Payload, reason: str, drift: Drift | None) -> bool:
        """Keep bytes nothing could be read out of; the checkpoint stays where it was.

        Returns whether the drift that explains it was not seen before.
        """
        is_new = False
        with self._reached(), self._connection.transaction():
            stored = self._book.last_payload(payload.request)
            if stored is None or stored.sha256 != payloads.sha256(payload.body):
                payload_id = self._book.keep(payload, uninterpreted=reason)
            else:
                payload_id = stored.payload_id
            if drift is not None:
                _, is_new = self._book.drift.sight(drift, payload_id, payload.fetched_at)
            leases.fence(self._connection, self._run.lease)
        return is_new

    def fail(
        self,
        *,
        status: str,
        kind: str,
        message: str,
        at: datetime,
        tally: Tally,
        measured: Measured,
    ) -> None:
        """End the run before its time; the cursor stays, so that the next run goes on from it.

        A run that somebody else has ended already stays as it is. Raises UnavailableError.
        """
        self._revive()
        with self._reached(), self._connection.transaction():
            self._book.fail(
                status=status, kind=kind, message=message, at=at, tally=tally, measured=measured
            )
            self._announce()

    def release(self) -> None:
        """Give the stream back."""
        with self._reached():
            leases.release(self._connection, self._run.lease)

    def _announce(self) -> None:
        self._connection.execute(f"notify {DATA_CHANNEL}")

    def _revive(self) -> None:
        try:
            self._connection.execute("select")
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self._connection.close()
            self._open()

    def _open(self) -> None:
        options = writer_options(self._run.lease.duration)
        self._connection = connect(self._url, **options)
        self._months: set[datetime] = set()  # those known to have a partition
        with self._reached():
            leases.adopt(self._connection, self._run.lease)
            self._book = RunBook(self._connection, self._run, carries_prices=self._carries_prices)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise UnavailableError(f"the database session was lost: {reason}") from error
        except psycopg.errors.InsufficientPrivilege as error:
            with connect(self._url) as asking:
                raise not_allowed(error, asking) from error
