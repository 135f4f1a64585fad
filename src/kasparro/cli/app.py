"""The `kasparro` command: every failure ends with its reason on the last line, and non-zero."""

import sys
from typing import Annotated

import typer

from kasparro import __version__
from kasparro.cli import assets, database, ingest, serve, show
from kasparro.core.errors import KasparroError
from kasparro.store.migrate import schema_version

app = typer.Typer(
    name="kasparro",
    help="A self-hosted server for cryptocurrency market data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (serve, ingest, show):
    part.add_to(app)
app.add_typer(database.app, name="db")
app.add_typer(assets.app, name="assets")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kasparro {__version__}, schema {schema_version()}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """A self-hosted server for cryptocurrency market data."""


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KasparroError as error:
        typer.echo(f"kasparro: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("kasparro: stopped", err=True)
        sys.exit(130)
