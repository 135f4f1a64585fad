"""Which pg_dump and pg_restore to use: each refuses a server or a file newer than itself."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kasparro.core.errors import ConfigurationError
from kasparro.store import embedded

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


@dataclass(frozen=True, slots=True)
class Program:
    """One program of PostgreSQL's."""

    path: Path
    major: int


def dumper(server_major: int) -> Program:
    """The pg_dump for this server: of the PATH, for ours speaks no TLS, if it is new enough.

    Raises ConfigurationError when there is none.
    """
    found = list(_installed("pg_dump"))
    for one in found:
        if one.major >= server_major:
            return one
    newest = max((one.major for one in found), default=None)
    there_is = f"the newest pg_dump here is {newest}" if newest is not None else "none is here"
    raise ConfigurationError(
        f"backing up PostgreSQL {server_major} needs its pg_dump or a newer one, and {there_is}:"
        f" install the client programs of PostgreSQL {server_major} and put them on the PATH"
    )


def unpacker() -> Program:
    """The newest pg_restore: it reads what any older pg_dump wrote."""
    found = max(_installed("pg_restore"), key=lambda one: one.major, default=None)
    if found is None:
        raise ConfigurationError(
            "restoring needs pg_restore, and none is here: install PostgreSQL's client programs"
            " and put them on the PATH"
        )
    return found


def _installed(name: str) -> Iterator[Program]:
    for path in _paths(name):
        with suppress(OSError):
            said = subprocess.run(
                [path, "--version"], capture_output=True, text=True, errors="replace", check=False
            ).stdout
            version = VERSION.search(said)
            if version is not None:
                yield Program(path, int(version[1]))


def _paths(name: str) -> Iterator[Path]:
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)
    with suppress(ConfigurationError):  # a system without the embedded PostgreSQL
        yield embedded.program(name)
