"""`kasparro db backup` and `restore`: one file that holds everything, and a database made of it."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated

import typer

from kasparro.cli import wiring
from kasparro.cli.printing import size
from kasparro.cli.progress import bytes_so_far
from kasparro.core.errors import BadRequestError, FatalError
from kasparro.settings import Settings
from kasparro.store.backup import backup as write_backup
from kasparro.store.backup import restore as restore_backup
from kasparro.store.connect import reaching_the_database

PIPE = "-"


def add_to(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|DIRECTORY|-]",
            help="Where to; a new file in DATA_DIR/backups when not said, - for standard output.",
        ),
    ] = None,
) -> None:
    """Write everything the database holds into one new file, while runs and readers go on."""
    settings = wiring.start()
    with wiring.database(settings) as url, reaching_the_database(url):
        if file == PIPE:
            _to_pipe(url)
            return
        target = _target(settings, file)
        try:
            with bytes_so_far("backing up") as show:
                written = write_backup(url, target, show)
        except FileExistsError as error:
            raise BadRequestError(f"{error}: a backup is never written over") from error
        except OSError as error:
            raise FatalError(f"cannot write {target}: {error.strerror}") from error
    typer.echo(
        f"backed up {written.server} with {written.program} to {target},"
        f" {size(written.bytes_written)}"
    )


def restore(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="What backup wrote; - for standard input.")
    ],
) -> None:
    """Fill an empty database from a backup, all of it or nothing; refuses one that is not empty."""
    settings = wiring.start()
    with (
        _readable(file) as source,
        wiring.database(settings) as url,
        reaching_the_database(url),
        bytes_so_far("restoring") as show,
    ):
        done = restore_backup(url, source, mode=wiring.mode(settings), show=show)
    typer.echo(
        f"restored {done.payloads:,} payloads and {done.observations:,} prices, schema"
        f" {done.schema}; `kasparro db digest` prints what must equal the original's"
    )


def _to_pipe(url: str) -> None:
    if sys.stdout.isatty():
        raise BadRequestError("a backup is no text for a terminal: kasparro db backup - > FILE")
    written = write_backup(url, sys.stdout.buffer)
    typer.echo(f"backed up {written.server} with {written.program}", err=True)


def _target(settings: Settings, given: str | None) -> Path:
    name = f"kasparro-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    if given is not None:
        path = Path(given).expanduser()
        return path / name if path.is_dir() else path
    folder = settings.data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name


@contextmanager
def _readable(given: str) -> Iterator[Path]:
    """A file that may be read from its start as often as need be."""
    if given != PIPE:
        path = Path(given).expanduser()
        if not path.is_file():
            raise BadRequestError(f"there is no file {path}")
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="kasparro-", suffix=".dump") as copy:
        _copy(sys.stdin.buffer, copy.file)
        yield Path(copy.name)


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    shutil.copyfileobj(source, target)
    target.flush()
