"""`kasparro ingest`: bring sources up to date here and now, in the foreground."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kasparro.cli import choices as file_choices
from kasparro.cli import wiring
from kasparro.cli.preview import print_previews
from kasparro.cli.progress import progress
from kasparro.cli.starting import start
from kasparro.core.csv.layout import Choices
from kasparro.core.errors import BadRequestError, FatalError, UnavailableError
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.engine import GOOD_ENDINGS, Engine
from kasparro.ingestion.remembered import Remembered
from kasparro.ingestion.sources import BY_NAME
from kasparro.settings import Settings
from kasparro.store import claims, runs, streams
from kasparro.store.connect import Connection, connect
from kasparro.store.runs import Report


def add_to(app: typer.Typer) -> None:
    app.command()(ingest)


def ingest(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE…] | csv FILE…",
            help="Sources, all when none is named; or csv with files and directories to load.",
        ),
    ] = None,
    *,
    coin: Annotated[str | None, typer.Option(help="The coin_id the files are about.")] = None,
    dataset: Annotated[str | None, typer.Option(help="The dataset they belong to.")] = None,
    columns: Annotated[
        str | None, typer.Option("--map", help="Their columns, as price=Last,time=When.")
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="Of times without a zone; UTC.")] = None,
    decimal: Annotated[str | None, typer.Option(help="The decimal mark, . or a comma.")] = None,
    date_order: Annotated[
        str | None, typer.Option(metavar="dmy|mdy", help="The order of day and month.")
    ] = None,
    default_time: Annotated[
        str | None, typer.Option(metavar="name|mtime|TIME", help="For rows without a time.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show how files are understood; store nothing.")
    ] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget", help="What was said before of these files, and of --dataset, is over."
        ),
    ] = False,
    catalogues: Annotated[
        bool, typer.Option("--catalogues", help="Which coins there are, in place of prices.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show every step.")] = False,
) -> None:
    """Bring sources up to date now. Exits 1 when a run failed or a file was refused."""
    settings = wiring.start(debug=debug)
    names, files = _sources_and_files(what or [])
    choices = Choices(
        coin=coin,
        dataset=dataset,
        map=file_choices.columns(columns),
        timezone=timezone,
        decimal=decimal,
        day_first=file_choices.day_first(date_order),
        default_time=default_time,
    )
    if not files and (preview or forget or choices != Choices()):
        raise BadRequestError("these options say how to read files: kasparro ingest csv FILE…")
    desk = Desk(paths=files, choices=choices) if files else None
    if preview and desk is not None:
        problems = print_previews(replace(desk, recall=lambda: _recall_if_running(settings)))
    else:
        which = streams.catalogue_streams if catalogues else streams.price_streams
        names = _with_catalogue(names) if catalogues else names
        problems = _ingest(settings, names, desk, which, forget=forget)
    if problems:
        raise FatalError("; ".join(problems))


def _recall_if_running(settings: Settings) -> Remembered:
    """A preview needs no database; where one runs, it goes by what was said before."""
    url = wiring.url_if_running(settings)
    try:
        return file_choices.remembered(url) if url is not None else Remembered()
    except UnavailableError:
        return Remembered()


def _ingest(
    settings: Settings,
    names: list[str],
    desk: Desk | None,
    which: Callable[[Connection, str], list[str]],
    *,
    forget: bool,
) -> list[str]:
    """Run these streams of the sources; returns what a person must know of failures."""
    problems = []
    with wiring.migrated(settings) as url:
        engine = wiring.engine(settings, url, desk=desk)
        with engine.client, connect(url) as connection:
            if desk is not None and forget:
                file_choices.forget(connection, desk)
            if desk is not None:
                file_choices.recall_aloud(connection, engine.desk)
                file_choices.remember(connection, desk, engine.desk.look()[1])
            there = engine.register(connection)
            claims.abandon_orphans(connection)
            for name in names:
                for stream in [one for one in which(connection, name) if (name, one) in there]:
                    report = _bring_up_to_date(
                        engine, connection, name, stream, own_files=desk is not None
                    )
                    if report.status not in GOOD_ENDINGS:
                        problems.append(f"{report.run_id} {report.status}: {report.error_message}")
        if "csv" in names:
            problems += [f"{file.path.name}: {file.reason}" for file in engine.desk.look()[1]]
    return problems


def _bring_up_to_date(
    engine: Engine, connection: Connection, source: str, stream: str, *, own_files: bool
) -> Report:
    run = start(engine, connection, source, stream, own_files=own_files)
    with progress(f"{source} {stream}") as show:
        engine.execute(run, show)
    done = runs.report(connection, run.run_id)
    typer.echo(
        f"{done.run_id} {done.stream}: {done.status}, {done.new:,} new, {done.changed:,} changed,"
        f" {done.unchanged:,} unchanged, {done.quarantined:,} quarantined,"
        f" {done.payloads:,} payloads in {done.duration.total_seconds():.1f} s"
    )
    return done


def _with_catalogue(names: list[str]) -> list[str]:
    """Those of the sources that have one. Raises BadRequestError when none has."""
    found = [name for name in names if not all(one.carries_prices for one in BY_NAME[name].streams)]
    if not found:
        raise BadRequestError(f"{', '.join(names)}: no catalogue there; leave out --catalogues")
    return found


def _sources_and_files(what: list[str]) -> tuple[list[str], tuple[Path, ...]]:
    if what[:1] != ["csv"] or len(what) == 1:
        return wiring.check_sources(what), ()
    files = tuple(Path(name).expanduser() for name in what[1:])
    for file in files:
        if not file.exists():
            raise BadRequestError(f"there is no file {file}")
    return ["csv"], files
