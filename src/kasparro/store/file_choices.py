"""Remembers what a person said about a file or a directory, so that every later run goes by it.

It belongs to the path, not to the dataset: two files of one dataset may be about two coins.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.store.connect import Connection
from kasparro.store.queries import queries


def remembered(connection: Connection) -> dict[Path, Mapping[str, Any]]:
    """What was said, by absolute path; nothing in a database without today's schema."""
    if connection.execute("select to_regclass('file_choices')").fetchone() == (None,):
        return {}
    return {Path(path): said for path, said in connection.execute(queries("file_choices").all)}


def remember(connection: Connection, path: Path, choices: Mapping[str, Any]) -> None:
    arguments = {"path": str(path), "choices": Jsonb(dict(choices))}
    connection.execute(queries("file_choices").remember, arguments)


def forget(connection: Connection, path: Path) -> list[Path]:
    """Forget what was said about a path and all below it; which paths that were."""
    rows = connection.execute(queries("file_choices").forget, {"path": str(path)})
    return [Path(row[0]) for row in rows]
