"""`kasparro db …`: the database itself."""

import os
import subprocess
from datetime import timedelta
from typing import Annotated

import typer

from kasparro.cli import backups, wiring
from kasparro.cli.printing import size
from kasparro.clock import SystemClock
from kasparro.ingestion.upkeep import A_FEW, PLAIN_FOR, SETTLED
from kasparro.store import embedded, usage
from kasparro.store.compaction import compact_payloads
from kasparro.store.connect import connect
from kasparro.store.digest import digest, digest_lines
from kasparro.store.migrate import schema_version
from kasparro.store.rewriting import out_of_order, rewrite

LARGEST = 1 << 62  # rows of a partition: any

app = typer.Typer(help="The database: where it is, its schema, its backups.", no_args_is_help=True)
backups.add_to(app)


@app.command()
def url() -> None:
    """Print a URL that psql accepts, on the last line; starts the embedded server if need be."""
    settings = wiring.start()
    typer.echo(settings.database_url or embedded.start(settings.data_dir))


@app.command()
def stop() -> None:
    """Stop the embedded server."""
    settings = wiring.start()
    if settings.database_url is not None:
        typer.echo("DATABASE_URL is set: that server is not ours to stop")
    elif embedded.stop(settings.data_dir):
        typer.echo("stopped")
    else:
        typer.echo("it was not running")


@app.command()
def shell() -> None:
    """Open psql on the database."""
    settings = wiring.start()
    with wiring.database(settings) as address:
        subprocess.run([embedded.program("psql"), address], env=os.environ, check=False)


@app.command("migrate")
def migrate_() -> None:
    """Bring the schema up to date; never drops anything."""
    settings = wiring.start()
    with wiring.migrated(settings):
        typer.echo(f"schema {schema_version()}")


@app.command()
def compact(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also payloads of the last two days.")
    ] = False,
) -> None:
    """Pack old payloads and put closed months in key order, as a worker does bit by bit."""
    settings = wiring.start()
    clock = SystemClock()
    with wiring.migrated(settings) as address, connect(address) as connection:
        before = clock.now() - (timedelta() if everything else PLAIN_FOR)
        while compact_payloads(connection, before, limit=A_FEW):
            pass
        for partition in out_of_order(connection, clock.now() - SETTLED, largest=LARGEST):
            typer.echo(f"rewriting {partition.name}, about {partition.rows:,} prices")
            rewrite(
                address,
                partition,
                holder=wiring.who_we_are(),
                lease_duration=wiring.lease_duration(settings),
            )
        typer.echo(f"the database takes {size(usage.sizes(connection).database)}")


@app.command("digest")
def digest_(
    *,
    lines: Annotated[bool, typer.Option("--lines", help="One line per kind of fact.")] = False,
) -> None:
    """Print one hash of everything the database says: equal for equal contents."""
    settings = wiring.start()
    with wiring.migrated(settings) as address, connect(address) as connection:
        if lines:
            typer.echo("\n".join(digest_lines(connection)))
        typer.echo(digest(connection))
