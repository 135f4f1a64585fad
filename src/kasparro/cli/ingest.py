"""`kasparro ingest`: bring sources up to date here and now, in the foreground."""

from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.progress import progress
from kasparro.core.errors import BusyError, FatalError
from kasparro.ingestion.engine import GOOD_ENDINGS, Engine
from kasparro.store import queue, runs
from kasparro.store.connect import Connection, connect
from kasparro.store.queue import Run
from kasparro.store.runs import Report

ASK_AGAIN_SECONDS = 0.5


def add_to(app: typer.Typer) -> None:
    app.command()(ingest)


def ingest(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources; all when none is named.")
    ] = None,
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show every step.")] = False,
) -> None:
    """Bring sources up to date now. Exits 1 when a run failed."""
    settings = wiring.start(debug=debug)
    names = wiring.check_sources(sources or [])
    with wiring.migrated(settings) as url:
        engine = wiring.engine(settings, url)
        with connect(url) as connection:
            engine.register(connection)
            queue.abandon_orphans(connection)
            reports = [
                _bring_up_to_date(engine, connection, name, stream)
                for name in names
                for stream in queue.price_streams(connection, name)
            ]
    failed = [run for run in reports if run.status not in GOOD_ENDINGS]
    if failed:
        raise FatalError(
            "; ".join(f"{run.run_id} {run.status}: {run.error_message}" for run in failed)
        )


def _bring_up_to_date(engine: Engine, connection: Connection, source: str, stream: str) -> Report:
    run = _start(engine, connection, source, stream)
    with progress(f"{source} {stream}") as show:
        engine.execute(run, show)
    done = runs.report(connection, run.run_id)
    typer.echo(
        f"{done.run_id} {done.stream}: {done.status}, {done.new:,} new, {done.changed:,} changed,"
        f" {done.unchanged:,} unchanged, {done.quarantined:,} quarantined,"
        f" {done.payloads:,} payloads in {done.duration.total_seconds():.1f} s"
    )
    return done


def _start(engine: Engine, connection: Connection, source: str, stream: str) -> Run:
    """Claim a run; wait at most one lease for whoever is at it. Raises BusyError naming them."""
    deadline = engine.clock.now() + engine.lease_duration
    while True:
        run = queue.start_now(
            connection,
            source,
            stream,
            holder=wiring.who_we_are(),
            lease_duration=engine.lease_duration,
            config_version=engine.versions.get(source, ""),
        )
        if run is not None:
            return run
        if engine.clock.now() >= deadline:
            holder = queue.busy_with(connection, source, stream)
            raise BusyError(f"{source} {stream} is being ingested by {holder}; try again later")
        engine.clock.sleep(ASK_AGAIN_SECONDS)
        queue.abandon_orphans(connection)
