"""What a look at the database tells about its health; asks little and never waits long."""

from dataclasses import dataclass
from datetime import datetime

from kasparro.store.connect import Connection, connect, reaching_the_database
from kasparro.store.queries import queries

PATIENCE = "5s"  # of one statement


@dataclass(frozen=True, slots=True)
class Server:
    """The database server, in the column order of `sql/checkup.sql`."""

    version: str
    version_number: int
    clock: datetime
    connections: int
    connections_taken: int
    read_only: bool
    encoding: str
    database_bytes: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """One price stream, in the column order of `sql/checkup.sql`."""

    source: str
    observed_at: datetime | None  # the newest of its source
    run_id: str | None
    status: str | None
    error_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What there is; `schema` None: none yet."""

    server: Server
    schema: str | None
    mode: str | None


def look(url: str) -> Checkup:
    """Raises UnavailableError, and ConfigurationError when the URL cannot be read."""
    with connect(url, statement_timeout=PATIENCE) as connection, reaching_the_database(url):
        row = connection.execute(queries("checkup").server).fetchone() or ()
        schema = _only(connection, "alembic_version", "schema")
        return Checkup(
            server=Server(*row), schema=schema, mode=_only(connection, "installation", "mode")
        )


def freshness(connection: Connection) -> list[Freshness]:
    return [Freshness(*row) for row in connection.execute(queries("checkup").freshness)]


def _only(connection: Connection, table: str, query: str) -> str | None:
    """The only value of a table that may not be there."""
    if connection.execute("select to_regclass(%s)", [table]).fetchone() == (None,):
        return None
    row = connection.execute(getattr(queries("checkup"), query)).fetchone()
    return str(row[0]) if row is not None else None
