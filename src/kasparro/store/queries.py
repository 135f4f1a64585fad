"""Loads the named queries of `sql/*.sql`; each file is a room, each query says what it answers."""

from functools import cache
from pathlib import Path
from typing import LiteralString, cast

import aiosql

DIRECTORY = Path(__file__).parent / "sql"


class Queries:
    """The SQL texts of one file, by name, with psycopg's placeholders."""

    def __init__(self, room: str) -> None:
        self._queries = aiosql.from_path(DIRECTORY / f"{room}.sql", "psycopg")

    def __getattr__(self, name: str) -> LiteralString:
        return cast(LiteralString, getattr(self._queries, name).sql)


@cache
def queries(room: str) -> Queries:
    """The queries of `sql/<room>.sql`."""
    return Queries(room)
