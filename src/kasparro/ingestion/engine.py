"""Executes claimed runs: puts a stream, its fetcher and its writer together and records the end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import httpx2
import structlog

from kasparro.core.clock import Clock
from kasparro.core.errors import (
    KasparroError,
    LeaseLostError,
    RefusedError,
    RetryableError,
    StoppedError,
    UnavailableError,
)
from kasparro.core.source import Options, Source, Stream
from kasparro.ingestion.access import Access
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.examination import examine_runs
from kasparro.ingestion.exchange import new_client
from kasparro.ingestion.fetch import Fetch, HttpFetch
from kasparro.ingestion.link import LEFT, RIGHT, link_unlinked
from kasparro.ingestion.meter import Meter
from kasparro.ingestion.run import Begin, Sweep
from kasparro.store import streams
from kasparro.store.budget import Budget
from kasparro.store.claims import Run
from kasparro.store.connect import Connection, connect
from kasparro.store.leases import kept_alive
from kasparro.store.steps import Committed, Tally
from kasparro.store.writer import StreamWriter

GOOD_ENDINGS = ("success", "partial")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What every run of this process needs, fixed at its start."""

    url: str
    sources: Mapping[str, Source]
    access: Mapping[str, Access]
    options: Mapping[str, Options]
    clock: Clock
    patience: timedelta
    lease_duration: timedelta
    desk: Desk = field(default_factory=Desk)
    client: httpx2.Client = field(default_factory=new_client)

    @property
    def versions(self) -> dict[str, str]:
        """The version of each source's access, to tell whether a refusal may be over."""
        return {name: access.version for name, access in self.access.items()}

    def register(self, connection: Connection) -> list[tuple[str, str]]:
        """Make known every (source, stream) of this code and every dataset on the desk."""
        known = [
            (source.name, stream.name, stream.carries_prices)
            for source in self.sources.values()
            for stream in source.streams
        ]
        datasets, refused = self.desk.look()
        for file in refused:
            log.warning("file refused", file=str(file.path), reason=file.reason)
        known += [
            (source.name, name, True)
            for source in self.sources.values()
            if source.dataset is not None
            for name in datasets
        ]
        streams.register(connection, list(self.sources), known)
        return [(source, stream) for source, stream, _ in known]

    def execute(self, run: Run, progress: Callable[[Committed], None] = lambda _: None) -> str:
        """Carry the run to its end and return its status; errors end the run, not the caller.

        Raises UnavailableError when the database is lost for good: the run is then abandoned.
        """
        stream = self.sources[run.source].stream(run.stream)
        context = {"run_id": run.run_id, "source": run.source, "stream": run.stream}
        with (
            structlog.contextvars.bound_contextvars(**context),
            StreamWriter(self.url, run, carries_prices=stream.carries_prices) as writer,
            kept_alive(self.url, run.lease),
        ):
            log.info("run started")
            tally = Tally()
            meter = Meter(tally=tally, configuration=self._configuration(run.source))
            try:
                status = self._sweep(run, stream, writer, meter, progress)
            except Exception as error:  # noqa: BLE001  # the top of every run: all ends are recorded
                status = self._end(writer, error, meter)
            try:
                self._draw_conclusions(run, status)
            finally:
                writer.release()  # who waits for the run waits for its conclusions
            log.info("run over", status=status, waits=tally.waits, retries=tally.retries)
            return status

    def _draw_conclusions(self, run: Run, status: str) -> None:
        with connect(self.url) as connection:
            if status in GOOD_ENDINGS and run.source in (LEFT, RIGHT):
                link_unlinked(connection)
            examine_runs(connection, self.sources)

    def _sweep(
        self,
        run: Run,
        stream: Stream,
        writer: StreamWriter,
        meter: Meter,
        progress: Callable[[Committed], None],
    ) -> str:
        with self._reach(run, stream, meter.tally) as (fetch, begin):
            return Sweep(
                stream=stream,
                writer=writer,
                fetch=fetch,
                begin=begin,
                clock=self.clock,
                tally=meter.tally,
                meter=meter,
                progress=progress,
            ).run()

    @contextmanager
    def _reach(self, run: Run, stream: Stream, tally: Tally) -> Iterator[tuple[Fetch, Begin]]:
        if run.source not in self.access:
            yield self.desk.open(run.stream, self.clock)
            return
        access = self.access[run.source]
        budget = Budget(self.url, source=run.source, limits=access.limits, spacing=access.spacing)
        with closing(budget):
            fetch = HttpFetch(
                self.client,
                access.endpoint,
                budget=budget,
                clock=self.clock,
                tally=tally,
                patience=self.patience,
            )
            start = stream.start(self.options[run.source])
            yield fetch, lambda _: start

    def _configuration(self, source: str) -> dict[str, str | int | None]:
        """What of the settings decides what a sweep shows: only equal ones compare."""
        if source not in self.access:
            return {}
        access = self.access[source]
        return {
            "host": urlsplit(access.endpoint.base_url).hostname,
            "plan": access.plan,
            "top": self.options[source].top,
        }

    def _end(self, writer: StreamWriter, error: Exception, meter: Meter) -> str:
        kind = _kind(error)
        status = "abandoned" if isinstance(error, LeaseLostError | StoppedError) else "failed"
        if kind == "defect":
            log.error("run failed by a defect of ours", exc_info=error)
        else:
            say = log.warning if status == "abandoned" else log.error
            say("run ended early", status=status, kind=kind, reason=str(error))
        writer.fail(
            status=status,
            kind=kind,
            message=str(error) if kind != "defect" else f"{type(error).__name__}: {error}",
            at=self.clock.now(),
            tally=meter.tally,
            measured=meter.measured(),
        )
        return status


def _kind(error: Exception) -> str:
    match error:
        case RefusedError():
            return "refused"
        case RetryableError() | StoppedError() | LeaseLostError() | UnavailableError():
            return "retryable"
        case KasparroError():
            return "fatal"
        case _:
            return "defect"
