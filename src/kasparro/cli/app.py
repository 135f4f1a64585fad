"""The `kasparro` command: every failure ends with its reason on the last line, and non-zero."""

import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from kasparro import __version__
from kasparro.cli import (
    anomalies,
    assets,
    chaos,
    database,
    doctor,
    drift,
    ingest,
    purge,
    quarantine,
    sandbox,
    serve,
    show,
    smoke,
    status,
    terms,
    trace,
    track,
)
from kasparro.core.errors import KasparroError
from kasparro.store.migrate import schema_version

INTERRUPTED = 128 + signal.SIGINT  # what typer makes of Ctrl-C
TERMINATED = 128 + signal.SIGTERM

app = typer.Typer(
    name="kasparro",
    help="A self-hosted server for cryptocurrency market data.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its boxes would be the last line, where the reason belongs
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    serve,
    ingest,
    status,
    show,
    trace,
    track,
    sandbox,
    chaos,
    terms,
    purge,
    doctor,
    smoke,
):
    part.add_to(app)
app.add_typer(database.app, name="db")
app.add_typer(assets.app, name="assets")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(anomalies.app, name="anomalies")
app.add_typer(drift.app, name="drift")


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
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except KasparroError as error:
        typer.echo(f"kasparro: {error}", err=True)
        sys.exit(1)
    except SystemExit as ending:
        if ending.code in (INTERRUPTED, TERMINATED):
            typer.echo("kasparro: stopped", err=True)
        raise


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """Leave every block on the way out: an embedded server must not be left running."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(TERMINATED)
