"""Remembers what a person said about files, directories and datasets, so that later runs go by it.

A coin belongs to a path, not to a dataset: two files of one dataset may be about two coins.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from kasparro.store.connect import Connection
from kasparro.store.queries import queries

Said = Mapping[str, Any]


def of_paths(connection: Connection) -> dict[Path, Said]:
    """What was said, by absolute path; nothing in a database without today's schema."""
    if not _has_todays_schema(connection):
        return {}
    return {Path(path): said for path, said in connection.execute(queries("file_choices").of_paths)}


def of_datasets(connection: Connection) -> dict[str, Said]:
    """What was said, by dataset; nothing in a database without today's schema."""
    if not _has_todays_schema(connection):
        return {}
    return dict(connection.execute(queries("file_choices").of_datasets).fetchall())


def remember_path(connection: Connection, path: Path, choices: Said) -> None:
    arguments = {"path": str(path), "choices": Jsonb(dict(choices))}
    connection.execute(queries("file_choices").remember_path, arguments)


def remember_dataset(connection: Connection, dataset: str, choices: Said) -> None:
    arguments = {"dataset": dataset, "choices": Jsonb(dict(choices))}
    connection.execute(queries("file_choices").remember_dataset, arguments)


def forget_path(connection: Connection, path: Path) -> None:
    """Forget what was said about a path and all below it."""
    connection.execute(queries("file_choices").forget_path, {"path": str(path)})


def forget_dataset(connection: Connection, dataset: str) -> None:
    connection.execute(queries("file_choices").forget_dataset, {"dataset": dataset})


def _has_todays_schema(connection: Connection) -> bool:
    return connection.execute("select to_regclass('dataset_choices')").fetchone() != (None,)
