"""Reads a backup through pg_restore, as SQL: without a server, and so whatever server it is for."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, cast

from kasparro.core.errors import BadRequestError
from kasparro.store.backup.programs import unpacker

END_OF_ROWS = b"\\.\n"
CHUNK_BYTES = 1 << 18
# psql's own commands, and a setting that servers before 17 do not know. Off is its default.
NOT_FOR_EVERY_SERVER = re.compile(
    rb"^(\\(un)?restrict .*|SET transaction_timeout = .*;)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a backup says of the database it was made of."""

    schema: str
    mode: str


class Archive:
    """One backup file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._program = unpacker()

    def origin(self) -> Origin:
        """Raises BadRequestError when it is no backup of ours."""
        wanted = ("--data-only", "--table=alembic_version", "--table=installation")
        said: dict[bytes, list[bytes]] = {}
        with self._unpacked(*wanted) as script:
            for line in script:
                if line.startswith(b"COPY "):
                    table = line.split()[1].removeprefix(b"public.")
                    said[table] = b"".join(rows(script)).rstrip(b"\n").split(b"\t")
        if said.keys() != {b"alembic_version", b"installation"}:
            raise BadRequestError(f"{self._file} is a backup of something else, not of kasparro")
        return Origin(
            schema=said[b"alembic_version"][0].decode(), mode=said[b"installation"][1].decode()
        )

    def statements(self, section: Literal["pre-data", "post-data"]) -> bytes:
        """The SQL that makes the tables, or their indexes and constraints."""
        with self._unpacked(f"--section={section}") as script:
            return NOT_FOR_EVERY_SERVER.sub(b"", script.read())

    @contextmanager
    def data(self) -> Iterator[IO[bytes]]:
        """The SQL that fills the tables, line by line: a COPY is followed by its `rows`."""
        with self._unpacked("--section=data") as script:
            yield script

    @contextmanager
    def _unpacked(self, *wanted: str) -> Iterator[IO[bytes]]:
        """What pg_restore makes of these parts. Raises BadRequestError with its words."""
        command = [str(self._program.path), "--schema=public", "--no-owner", "--no-privileges"]
        with tempfile.TemporaryFile() as complaints:
            with subprocess.Popen(
                [*command, *wanted, "--file=-", str(self._file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
            ) as running:
                try:
                    yield cast(IO[bytes], running.stdout)
                except BaseException:
                    running.kill()
                    raise
            complaints.seek(0)
            said = complaints.read().decode(errors="replace")
        if running.returncode != 0:
            raise BadRequestError(f"{self._file} cannot be read as a backup: {said.strip()}")


def rows(script: IO[bytes]) -> Iterator[bytes]:
    """The lines after a COPY up to their end, many at a time."""
    batch: list[bytes] = []
    size = 0
    for line in script:
        if line == END_OF_ROWS:
            break
        batch.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            yield b"".join(batch)
            batch, size = [], 0
    yield b"".join(batch)
