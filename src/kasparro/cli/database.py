"""`kasparro db …`: the database itself."""

import os
import subprocess
from typing import Annotated

import typer

from kasparro.cli import backups, compact, wiring
from kasparro.store import embedded
from kasparro.store.connect import connect
from kasparro.store.digest import digest, digest_lines
from kasparro.store.migrate import schema_version

app = typer.Typer(help="The database: where it is, its schema, its backups.", no_args_is_help=True)
backups.add_to(app)
compact.add_to(app)


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
