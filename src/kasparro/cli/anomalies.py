"""`kasparro anomalies …`: runs that were unlike those before them, and what a person says of it."""

from typing import Annotated, Literal

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, minute, print_json, print_table
from kasparro.store import anomalies
from kasparro.store.connect import connect

app = typer.Typer(help="Runs that were unlike those before them.", no_args_is_help=True)


@app.command("list")
def list_(
    *,
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    run: Annotated[str | None, typer.Option(help="Only of the run of this id.")] = None,
    severity: Annotated[
        Literal["warn", "critical"] | None, typer.Option(help="Only of this severity.")
    ] = None,
    status: Annotated[
        Literal["open", "acknowledged"] | None, typer.Option(help="Only those that wait, or not.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many findings.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what was found, newest first."""
    settings = wiring.start()
    if source is not None:
        wiring.check_sources([source])
    with wiring.migrated(settings) as url, connect(url) as connection:
        found = anomalies.newest(
            connection, source=source, run_id=run, severity=severity, status=status, limit=limit
        )
    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo("no anomaly")
        return
    print_table(
        ("finding", "run", "stream", "found", "severity", "status", "what"),
        [
            (
                str(one.id),
                one.run_id,
                one.stream,
                minute(one.found_at),
                one.severity,
                one.status if one.confirmed is not False else "false alarm",
                one.message,
            )
            for one in found
        ],
    )


@app.command()
def ack(
    which: Annotated[
        list[str], typer.Argument(help="Numbers of findings, or ids of runs for all of theirs.")
    ],
    *,
    note: Annotated[str | None, typer.Option(help="What it was, for whoever comes after.")] = None,
    false_alarm: Annotated[
        bool, typer.Option(help="Nothing was wrong: later runs are held against it as before.")
    ] = False,
) -> None:
    """Settle findings; a run with a confirmed one is no measure for later runs."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        number = anomalies.acknowledge(connection, which, confirmed=not false_alarm, note=note)
    typer.echo(f"{number:,} findings settled")
