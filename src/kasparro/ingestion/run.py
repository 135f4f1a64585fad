"""One run of one stream: fetch, interpret, commit, until the sweep is complete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

import structlog

from kasparro.core.clock import Clock
from kasparro.core.drift.event import Drift
from kasparro.core.drift.judge import Judgement
from kasparro.core.errors import (
    KasparroError,
    LeaseLostError,
    NotFoundError,
    StoppedError,
    UnavailableError,
)
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Cursor, Payload, Request, Stream
from kasparro.ingestion.committing import commit
from kasparro.ingestion.fetch import Fetch
from kasparro.ingestion.judging import read, unread
from kasparro.ingestion.meter import Meter
from kasparro.ingestion.trail import Trail
from kasparro.store.payloads import Stored
from kasparro.store.steps import Checkpoint, Committed, Measured, Step, Tally
from kasparro.store.writer import StreamWriter

SESSION_ATTEMPTS = 20  # seconds, roughly, that a lost database may take to come back
MOST_SETBACKS = 5  # in a row, of a database that is there and takes nothing

Begin: TypeAlias = Callable[[Cursor | None], Cursor | None]
"""Where a new sweep begins, given the mark of the last one; None: nothing has changed."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Sweep:
    """One way through a stream, page by page, then by id for what the pages did not show."""

    stream: Stream
    writer: StreamWriter
    fetch: Fetch
    begin: Begin
    clock: Clock
    tally: Tally
    meter: Meter
    progress: Callable[[Committed], None]
    records: int = 0
    recalls: int = 0
    setbacks: int = 0
    ended: str | None = None
    trail: Trail = field(default_factory=Trail)

    def run(self) -> str:
        """Go on from the checkpoint until the sweep is complete; returns the run's status.

        Raises the errors of `core.errors`; whatever was committed before stays.
        """
        at = self._resume()
        while at is not None:
            try:
                at, committed = self._advance(at)
            except UnavailableError as error:
                at = self._reconnect(error)
                continue
            except (LeaseLostError, StoppedError):
                raise
            except Exception as error:  # asking by id is an extra: nothing in it stops a sweep
                if not at.recalling:
                    raise
                log.warning("recall given up", ids=list(at.recalling), reason=str(error))
                at, committed = self._complete_without_recall(at)
            self.setbacks = 0
            self.progress(committed)
            if committed.status is not None:
                return committed.status
        return self.ended or self._nothing_new()

    def _resume(self) -> Checkpoint | None:
        checkpoint = self.writer.checkpoint()
        if checkpoint is not None and checkpoint.sweep_started_at is not None:
            log.info("resuming", cursor=dict(checkpoint.cursor))
            self.meter.spoil("it went on where a run before it was cut off")
            return checkpoint
        mark = checkpoint.cursor if checkpoint is not None else None
        cursor = self.begin(mark or None)
        if cursor is None:
            return None
        return Checkpoint(cursor=cursor, sweep_started_at=self.clock.now())

    def _reconnect(self, error: UnavailableError) -> Checkpoint | None:
        """After a lost session nothing in memory counts: only the checkpoint in the database."""
        log.warning("database lost", reason=str(error))
        self.meter.spoil("it lost its database on the way")
        self.trail.forget()
        self.setbacks += 1
        if self.setbacks > MOST_SETBACKS:
            raise error
        for _ in range(SESSION_ATTEMPTS):
            self.clock.sleep(1)
            try:
                self.ended = self.writer.reopen()
                return self._resume() if self.ended is None else None
            except UnavailableError as still:
                error = still
        raise error

    def _nothing_new(self) -> str:
        checkpoint = self.writer.checkpoint() or Checkpoint(cursor={})
        step = self._last_step(checkpoint)
        committed = commit(self.writer, step)
        return str(committed.status)

    def _complete_without_recall(self, at: Checkpoint) -> tuple[Checkpoint, Committed]:
        """The pages were all read: what by-id requests would add must not fail them."""
        rest = replace(at, cursor={}, recalling=())
        return rest, commit(self.writer, self._last_step(rest))

    def _last_step(self, at: Checkpoint) -> Step:
        """Completes the sweep without a payload."""
        return Step(
            checkpoint=at,
            at=self._now(at),
            complete=True,
            tally=self.tally,
            measured=self.meter.measured(),
        )

    def _advance(self, at: Checkpoint) -> tuple[Checkpoint, Committed]:
        request = self.stream.request(at.cursor)
        try:
            with self.meter.stage("fetch", self.clock):
                payload, stored = self._payload(request, at.cursor)
        except NotFoundError:
            if not self._asks_for_one(at):
                raise
            return self._commit(at, None, None)
        try:
            with self.meter.stage("read", self.clock):
                result, judgement = read(
                    self.stream,
                    payload,
                    self.writer.drift,
                    stored=stored,
                    by_id=bool(at.recalling),
                    since=at.sweep_started_at,
                )
        except UnavailableError:
            raise
        except Exception as error:  # whatever is wrong with our reading, the bytes are kept
            self._keep_unread(payload, f"{type(error).__name__}: {error}")
            raise
        self.records += result.records
        log.debug("read", bytes=len(payload.body), records=result.records)
        self.meter.read(payload, result, self.clock.now())
        return self._commit(at, payload, result, judgement)

    def _asks_for_one(self, at: Checkpoint) -> bool:
        """Only then does "not found" speak of the coin: of many it speaks of the question."""
        recall = self.stream.recall
        return bool(at.recalling) and recall is not None and recall.ids_per_request == 1

    def _keep_unread(self, payload: Payload, reason: str) -> None:
        drift = unread(payload)
        if self.writer.keep_uninterpreted(payload, reason, drift) and drift is not None:
            _warn_of_drift([drift])

    def _payload(self, request: Request, cursor: Cursor) -> tuple[Payload, Stored | None]:
        """The answer, and what the same request answered last time."""
        stored = self.writer.last_payload(request)
        validators = stored.headers if stored is not None and stored.interpreted else {}
        payload = self.fetch(request, cursor, validators)
        if payload is not None:
            return payload, stored
        if stored is None:
            raise KasparroError("the source says nothing changed, but we never asked before")
        unchanged = Payload(
            request=request,
            cursor=cursor,
            body=self.writer.stored_body(stored),
            fetched_at=stored.fetched_at,
            headers=stored.headers,
        )
        return unchanged, stored

    def _commit(
        self,
        at: Checkpoint,
        payload: Payload | None,
        result: Interpretation | None,
        judgement: Judgement | None = None,
    ) -> tuple[Checkpoint, Committed]:
        shown = {item.source_asset_id for item in result.listings} if result is not None else set()
        gone = [id_ for id_ in at.recalling if result is None or not result.speaks_of(id_)]
        ahead = self._ahead(at, result, shown)
        step = Step(
            checkpoint=ahead or replace(at, cursor=result.mark if result is not None else {}),
            at=self._now(at),
            payload=payload,
            result=result,
            judgement=judgement,
            gone=gone,
            complete=ahead is None,
            tally=self.tally,
            measured=self.meter.measured() if ahead is None else Measured(),
        )
        if ahead is None:
            self._warn_of_few_records()
        committed = commit(self.writer, step)
        _warn_of_drift(committed.drifts)
        return step.checkpoint, committed

    def _now(self, at: Checkpoint) -> datetime:
        """Another machine may have begun the sweep: nothing in it is seen before it began."""
        now = self.clock.now()
        return now if at.sweep_started_at is None else max(now, at.sweep_started_at)

    def _ahead(
        self, at: Checkpoint, result: Interpretation | None, shown: set[str]
    ) -> Checkpoint | None:
        """Where the sweep goes on; None when nothing is left to ask."""
        if result is not None and result.next_cursor is not None:
            if self.trail.leads_back(at.cursor, result.next_cursor):
                raise KasparroError(f"the cursor of {self.stream.name} does not move: {at.cursor}")
            return replace(at, cursor=result.next_cursor, recalling=())
        ids = self._to_recall(at.sweep_started_at, shown | set(at.recalling))
        if not ids or self.stream.recall is None:
            return None
        self.recalls += 1
        return replace(at, cursor=self.stream.recall.cursor(ids), recalling=ids)

    def _to_recall(self, since: datetime | None, settled: set[str]) -> Sequence[str]:
        recall = self.stream.recall
        if recall is None or since is None or self.recalls >= recall.requests_per_sweep:
            return ()
        if not self.records and not settled:  # pages that show nobody say nothing of who is gone
            return ()
        missing = [id_ for id_ in self.writer.missing(since) if id_ not in settled]
        return missing[: recall.ids_per_request]

    def _warn_of_few_records(self) -> None:
        if self.records < self.stream.plausible_records:
            log.warning(
                "few records", records=self.records, plausible=self.stream.plausible_records
            )


def _warn_of_drift(drifts: Sequence[Drift]) -> None:
    for one in drifts:
        log.warning(
            "drift",
            drift=one.category.value,
            severity=one.severity.value,
            path=one.path,
            evidence=one.evidence,
            confidence=one.confidence,
        )
