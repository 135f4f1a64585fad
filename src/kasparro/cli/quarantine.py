"""`kasparro quarantine …`: the records that broke their contract, and reading them again."""

from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import AsJson, minute, print_json, print_table
from kasparro.ingestion.retry import retry as read_again
from kasparro.store import quarantined
from kasparro.store.connect import connect

app = typer.Typer(help="Records that broke their contract.", no_args_is_help=True)

OfSource = Annotated[str | None, typer.Option("--source", help="Only of this source.")]


@app.command("list")
def list_(
    *,
    source: OfSource = None,
    limit: Annotated[int, typer.Option(min=1, help="How many records.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what waits, the commonest reasons first, then the newest records."""
    settings = wiring.start()
    if source is not None:
        wiring.check_sources([source])
    with wiring.migrated(settings) as url, connect(url) as connection:
        reasons = quarantined.reasons(connection, source=source)
        records = quarantined.newest(connection, source=source, limit=limit)
    if as_json:
        print_json(records)
        return
    if not records:
        typer.echo("nothing is in quarantine")
        return
    print_table(
        ("records", "source", "stream", "field", "reason", "last"),
        [
            (f"{one.records:,}", one.source, one.stream, one.field, one.reason, minute(one.last))
            for one in reasons
        ],
    )
    typer.echo()
    print_table(
        ("record", "source", "about", "field", "reason"),
        [
            (str(one.id), one.source, one.source_asset_id or "", one.field, one.reason)
            for one in records
        ],
    )


@app.command()
def show(record: Annotated[int, typer.Argument(help="Its number in the list.")]) -> None:
    """Show one record as it came, why it was refused, and where its bytes are."""
    with wiring.migrated(wiring.start()) as url, connect(url) as connection:
        one = quarantined.case(connection, record)
    print_json(one)


@app.command()
def retry(*, source: OfSource = None) -> None:
    """Read what waits again with today's code and map; what can be read is stored and resolved."""
    settings = wiring.start()
    if source is not None:
        wiring.check_sources([source])
    with wiring.migrated(settings) as url:
        engine = wiring.engine(settings, url)
        done = read_again(
            url,
            engine.sources,
            source=source,
            holder=wiring.who_we_are(),
            lease_duration=engine.lease_duration,
            clock=engine.clock,
        )
    typer.echo(f"{done.resolved:,} records resolved, {done.still_refused:,} still refused")
