"""`kasparro doctor`: looks at everything that may be in the way; exits 1 when something is."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import typer
from rich.console import Console
from rich.text import Text

from kasparro.cli import wiring
from kasparro.cli.choices import remembered
from kasparro.cli.doctor import database, machine, sources
from kasparro.cli.doctor.finding import Finding, problem, within
from kasparro.cli.printing import AsJson, print_json
from kasparro.clock import SystemClock
from kasparro.core.errors import FatalError, KasparroError
from kasparro.log import configure as configure_log
from kasparro.settings import Settings
from kasparro.store import checkup
from kasparro.store.checkup import Checkup
from kasparro.store.migrate import schema_version

SECONDS = 25.0  # for one look; a database or a source that needs longer is no use
COLOURS = {"ok": "green", "warning": "yellow", "problem": "bold red"}


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Look at port, database, disk, sources, keys, calls, clock and files. Exits 1 on a problem."""
    settings = wiring.own_settings()
    configure_log("CRITICAL")
    found = []
    for finding in _examine(settings):
        found.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json(found)
    wrong = sorted({finding.about for finding in found if finding.verdict == "problem"})
    if wrong:
        raise FatalError(f"there are problems with: {', '.join(wrong)}")


def _examine(settings: Settings) -> Iterator[Finding]:
    yield from within(SECONDS, "port", partial(machine.port, settings))
    if settings.database_url is None:
        look = partial(machine.data_directory, settings)
        yield from within(SECONDS, "data directory", look)
    with ExitStack() as holding:
        seen: list[Checkup] = []
        url = ""
        try:
            url = holding.enter_context(wiring.database(settings))
            yield from within(SECONDS, "database", partial(_look, url, seen))
        except KasparroError as error:
            yield problem("database", str(error))
        if seen:
            look = partial(_database, settings, url, seen[0])
            yield from within(SECONDS, "database", look)
        usable = url if seen and seen[0].schema == schema_version() else None
        desk = wiring.own_desk(settings)
        if usable is not None:
            desk = replace(desk, recall=partial(remembered, usable))
        yield from within(SECONDS, "csv files", partial(machine.files, desk))
        for name in wiring.API_SOURCES:
            yield from within(
                SECONDS, f"{name} answer", partial(sources.source, settings, name, usable)
            )


def _look(url: str, seen: list[Checkup]) -> list[Finding]:
    seen.append(checkup.look(url))
    return []


def _database(settings: Settings, url: str, seen: Checkup) -> list[Finding]:
    now = SystemClock().now()
    found = database.server(settings, seen, now)
    if seen.schema == schema_version():
        found += database.contents(settings, url, now)
    return found


def _print(finding: Finding) -> None:
    says = f"{finding.says}. {finding.advice}" if finding.advice else finding.says
    if sys.stdout.isatty():
        mark = Text(f"{finding.verdict:<8} ", style=COLOURS[finding.verdict])
        Console().print(mark + Text(f"{finding.about:<20} {says}"), soft_wrap=True)
    else:
        typer.echo(f"{finding.verdict:<8} {finding.about:<20} {says}")
