"""`kasparro smoke`: tries every check, prints what was seen of each, exits 1 when one failed."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

import httpx2
import typer
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from kasparro.cli import wiring
from kasparro.cli.smoke.answers import every_endpoint
from kasparro.cli.smoke.budgets import one_budget
from kasparro.cli.smoke.ingesting import the_same_twice, three_sources
from kasparro.cli.smoke.killing import killed_in_mid_run
from kasparro.cli.smoke.repeating import backup, replay
from kasparro.cli.smoke.site import Site, site
from kasparro.cli.smoke.verdict import BrokenError
from kasparro.cli.smoke.waiting import waits_as_told
from kasparro.core.errors import BadRequestError, FatalError, KasparroError
from kasparro.log import configure as configure_log

Check: TypeAlias = Callable[[Site], str]
"""Tries one promise and says what was seen. Raises BrokenError when the promise does not hold."""

FIRST = "ingest"  # the others look at what it stored
CHECKS: dict[str, tuple[str, Check]] = {
    FIRST: ("three sources are ingested", three_sources),
    "twice": ("the same twice changes nothing", the_same_twice),
    "api": ("every endpoint answers", every_endpoint),
    "kill": ("killed in mid-run, goes on", killed_in_mid_run),
    "wait": ("waits as long as it is told", waits_as_told),
    "budget": ("two processes, one budget", one_budget),
    "replay": ("replay finds no difference", replay),
    "backup": ("backup and restore", backup),
}
COLOURS = {"passed": "green", "failed": "bold red", "skipped": "yellow"}
# What a broken promise may look like from here; anything else is a defect of this command.
SIGNS = (
    BrokenError,
    KasparroError,
    OSError,
    subprocess.TimeoutExpired,
    httpx2.HTTPError,
    LookupError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    check: str
    result: Literal["passed", "failed", "skipped"]
    seconds: float
    seen: str


def add_to(app: typer.Typer) -> None:
    app.command()(smoke)


def smoke(
    only: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHECK…]", help=f"Only these of {', '.join(CHECKS)}."),
    ] = None,
) -> None:
    """Try everything on a scratch database and simulated sources. Exits 1 when a check fails.

    Ingests, asks the API, kills a worker, waits, replays, backs up. The database is an embedded
    one, or one more on the server of DATABASE_URL, dropped at the end; yours are not touched.
    """
    unknown = [name for name in only or () if name not in CHECKS]
    if unknown:
        raise BadRequestError(f"no check is called {unknown[0]!r}; there are {', '.join(CHECKS)}")
    settings = wiring.own_settings()
    configure_log("CRITICAL")
    rows = []
    with _printer() as show, site(settings.database_url) as here:
        for row in _try_all(here, [name for name in CHECKS if not only or name in (FIRST, *only)]):
            rows.append(row)
            show(row)
    failed = [row for row in rows if row.result == "failed"]
    if failed:
        told = "; ".join(f"{row.check}: {row.seen}" for row in failed)
        raise FatalError(f"{len(failed)} of {len(rows)} checks failed: {told}")
    typer.echo(f"all {len(rows)} checks passed in {sum(row.seconds for row in rows):.0f} s")


def _try_all(here: Site, wanted: Sequence[str]) -> Iterator[Row]:
    with here.database() as url:
        here.first = url
        first = _try(here, *CHECKS[FIRST])
        yield first
        for title, check in (CHECKS[name] for name in wanted if name != FIRST):
            if first.result == "passed":
                yield _try(here, title, check)
            else:
                seen = f"needs what was to be seen of: {first.check}"
                yield Row(check=title, result="skipped", seconds=0, seen=seen)


def _try(here: Site, name: str, check: Check) -> Row:
    began = time.monotonic()
    try:
        seen = check(here)
    except SIGNS as error:
        reason = str(error).strip() or type(error).__name__
        seconds = time.monotonic() - began
        return Row(check=name, result="failed", seconds=seconds, seen=reason)
    return Row(check=name, result="passed", seconds=time.monotonic() - began, seen=seen)


@contextmanager
def _printer() -> Iterator[Callable[[Row], None]]:
    """A table that grows on a terminal, plain lines elsewhere, each as soon as it is known."""
    if not sys.stdout.isatty():
        yield lambda row: typer.echo(
            f"{row.result:<8} {row.check:<32} {row.seconds:5.1f} s  {row.seen}"
        )
        return
    table = Table("", "check", "seconds", "what was seen", box=box.SIMPLE_HEAD, pad_edge=False)
    with Live(table, console=Console()):
        yield lambda row: table.add_row(
            Text(row.result, style=COLOURS[row.result]),
            row.check,
            f"{row.seconds:.1f}",
            Text(row.seen),
        )
