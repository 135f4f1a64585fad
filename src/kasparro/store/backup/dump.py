"""Writes a backup: one snapshot of everything of ours, taken while others read and write on."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kasparro.core.errors import FatalError, NotFoundError
from kasparro.store.backup.programs import Program, dumper
from kasparro.store.connect import connect, session
from kasparro.store.durable import appearing
from kasparro.store.queries import queries

POLL_SECONDS = 0.2
CHUNK_BYTES = 1 << 18
OURS = (
    "--format=custom",
    "--schema=public",  # others may share the database
    "--no-owner",  # roles are the server's, another server has others
    "--no-privileges",
    "--exclude-table-data=public.leases",  # who is at work now will not be when it is restored
    "--exclude-table-data=public.workers",
    "--lock-wait-timeout=300s",
)
# What pg_dump says, and what to do about it.
ADVICE = {
    "SSL support is not compiled in": "the server wants TLS, which the pg_dump that kasparro"
    " carries does not speak: put PostgreSQL's own on the PATH",
    "no encryption": "the server wants TLS, which the pg_dump that kasparro carries does not"
    " speak: put PostgreSQL's own on the PATH",
    "No space left": "write it to another disk: kasparro db backup FILE",
    "permission denied": "back up as the owner of the tables",
    "canceling statement due to lock timeout": "something changes the tables; try again later",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A backup that is safely on its disk, or has left through a pipe."""

    bytes_written: int
    server: str
    program: str


def backup(
    url: str, file: Path | IO[bytes], show: Callable[[int], None] = lambda _: None
) -> Written:
    """Back up our tables into a new file of this name, or into an open pipe.

    `show` is told now and then how many bytes have been written. Raises FileExistsError when the
    file exists, NotFoundError when there is nothing to back up, ConfigurationError when no pg_dump
    is new enough, FatalError with pg_dump's words when it fails.
    """
    with connect(url) as connection:
        if connection.execute(queries("backup").schema).fetchone() is None:
            raise NotFoundError("there is nothing to back up: the database has no schema of ours")
        number = connection.info.server_version
    program = dumper(number // 10_000)
    if isinstance(file, Path):
        with appearing(file) as draft:
            _write(program, url, draft, show)
            written = draft.stat().st_size
    else:
        written = _pour(program, url, file)
    return Written(
        bytes_written=written,
        server=f"PostgreSQL {number // 10_000}.{number % 10_000}",
        program=f"pg_dump {program.major}",
    )


def _write(program: Program, url: str, file: Path, show: Callable[[int], None]) -> None:
    with _dumping(program, url, f"--file={file}") as running:
        while running.poll() is None:
            show(file.stat().st_size)
            with suppress(subprocess.TimeoutExpired):
                running.wait(POLL_SECONDS)


def _pour(program: Program, url: str, pipe: IO[bytes]) -> int:
    """By our own hands: into a file that a shell opened, pg_dump would write its contents twice."""
    written = 0
    with _dumping(program, url, stdout=subprocess.PIPE) as running:
        while chunk := cast(IO[bytes], running.stdout).read(CHUNK_BYTES):
            pipe.write(chunk)
            written += len(chunk)
    pipe.flush()
    return written


@contextmanager
def _dumping(
    program: Program, url: str, *wanted: str, stdout: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """pg_dump at work; ends it when we are interrupted. Raises FatalError when it failed."""
    address = conninfo_to_dict(url) | session() | {"application_name": "kasparro backup"}
    password = address.pop("password", None)  # never where `ps` shows it
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(program.path), *OURS, *wanted, f"--dbname={make_conninfo(**address)}"]
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=complaints,
            env=environment,
        ) as running:
            try:
                yield running
            except BaseException:
                running.kill()
                raise
        if running.returncode != 0:
            complaints.seek(0)
            raise FatalError(_explained(complaints.read().decode(errors="replace")))


def _explained(said: str) -> str:
    lines = [line for line in said.splitlines() if "error:" in line] or said.splitlines()
    reason = lines[0] if lines else "pg_dump failed and did not say why"
    advice = next((advice for words, advice in ADVICE.items() if words in said), None)
    told = f"{reason}; {advice}" if advice is not None else reason
    return f"the backup was not made: {told}"
