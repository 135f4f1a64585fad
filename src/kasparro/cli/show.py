"""`kasparro runs` and `replay`: how it went, and whether it still adds up."""

from typing import Annotated

import typer
from rich.progress import Progress

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, print_json, print_table
from kasparro.core.errors import FatalError
from kasparro.ingestion.replay import replay as replay_payloads
from kasparro.store import runs as store_runs
from kasparro.store.connect import connect


def add_to(app: typer.Typer) -> None:
    app.command()(runs)
    app.command()(replay)


def runs(
    *,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show the newest runs."""
    settings = wiring.start()
    if source is not None:
        wiring.check_sources([source])
    with wiring.migrated(settings) as url, connect(url) as connection:
        newest = store_runs.newest(connection, source=source, limit=limit)
    if as_json:
        print_json(newest)
        return
    head = ("run", "stream", "status", "started", "seconds", "new", "changed", "unchanged",
            "quarantined", "payloads", "reason")  # fmt: skip
    rows = [
        (
            run.run_id,
            run.stream,
            run.status,
            f"{run.start_time:%Y-%m-%d %H:%M:%S}" if run.start_time else "",
            f"{run.duration.total_seconds():.1f}",
            f"{run.new:,}",
            f"{run.changed:,}",
            f"{run.unchanged:,}",
            f"{run.quarantined:,}",
            f"{run.payloads:,}",
            run.error_message or "",
        )
        for run in newest
    ]
    print_table(head, rows)


def replay(
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only compare; exit 1 when anything differs.")
    ] = False,
) -> None:
    """Rebuild every price from the stored payloads with today's code."""
    settings = wiring.start()
    with wiring.migrated(settings) as url, Progress(transient=True) as bar:
        task = bar.add_task("replaying payloads", total=None)
        done = replay_payloads(
            url,
            wiring.engine(settings, url).sources,
            holder=wiring.who_we_are(),
            lease_duration=wiring.lease_duration(settings),
            verify=verify,
            progress=lambda number, total: bar.update(task, completed=number, total=total),
        )
    typer.echo(f"{done.payloads:,} payloads replayed, {done.uninterpreted:,} not understood")
    different = ", ".join(f"{table} {rows:,}" for table, rows in done.differences.items())
    if different and verify:
        raise FatalError(f"rows that differ: {different}")
    typer.echo(f"rows that differed: {different}" if different else "no difference")
