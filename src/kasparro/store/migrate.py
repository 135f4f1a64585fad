"""Brings a database to today's schema: forward only, one process at a time, data never dropped."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from kasparro.core.errors import ConfigurationError
from kasparro.store.connect import Connection, connect, session
from kasparro.store.rights import not_allowed
from kasparro.store.seed import seed

OLDEST_SERVER = 150_000
NO_RIGHT = (  # the second: no schema of the search path is ours to use
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.InvalidSchemaName,
)
LOCK = "select pg_advisory_lock(hashtextextended('kasparro migrate', 0))"
UNLOCK = "select pg_advisory_unlock(hashtextextended('kasparro migrate', 0))"


def migrate(url: str, *, mode: Literal["live", "sandbox"] = "live") -> str:
    """Create or upgrade the schema and return its version.

    Raises ConfigurationError when the server is too old, the schema is newer than this code, its
    user may not make tables, or the database holds data of the other mode.
    """
    with connect(url) as connection, migrating_alone(connection):
        check_server(connection)
        _refuse_newer(connection)
        _upgrade(url)
        _settle_mode(connection, mode)
        seed(connection)
    return schema_version()


@contextmanager
def migrating_alone(connection: Connection) -> Iterator[None]:
    """Wait until no other process makes or changes the schema, and keep them waiting."""
    connection.execute(LOCK)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(UNLOCK)


def check_server(connection: Connection) -> None:
    """Raises ConfigurationError when the server is too old."""
    if connection.info.server_version < OLDEST_SERVER:
        raise ConfigurationError("PostgreSQL 15 or newer is needed; change DATABASE_URL")


def check_schema(found: str, *, of: str) -> None:
    """Raises ConfigurationError when this code does not know the schema."""
    if found not in known_schemas():
        raise ConfigurationError(
            f"{of} has schema {found}, this code knows up to {schema_version()}:"
            " install the newer kasparro again, schemas never go back"
        )


def schema_version() -> str:
    """The schema this code speaks."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def known_schemas() -> set[str]:
    """The schema this code speaks and all those it can bring up to it."""
    return {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _refuse_newer(connection: Connection) -> None:
    if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
        return
    for (found,) in connection.execute("select version_num from alembic_version"):
        check_schema(found, of="the database")


def _upgrade(url: str) -> None:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url, **session()),
        poolclass=NullPool,
    )
    config = _config()
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except ProgrammingError as error:
        if not isinstance(error.orig, NO_RIGHT):
            raise
        with connect(url) as asking:
            raise not_allowed(error.orig, asking) from error


def _settle_mode(connection: Connection, mode: str) -> None:
    connection.execute("insert into installation (mode) values (%s) on conflict do nothing", [mode])
    found = connection.execute("select mode from installation").fetchone()
    if found != (mode,):
        raise ConfigurationError(
            f"this database holds {found[0] if found else 'no'} data, asked for {mode}:"
            " simulated and live data never share a database; use another DATABASE_URL"
        )
