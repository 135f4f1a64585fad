"""Makes an empty database into what a backup holds, in one transaction: all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg

from kasparro.core.errors import BadRequestError, ConfigurationError, FatalError
from kasparro.store import claims
from kasparro.store.backup.archive import NOT_FOR_EVERY_SERVER, Archive, Origin, rows
from kasparro.store.connect import Connection, connect
from kasparro.store.digest import holdings
from kasparro.store.migrate import check_schema, check_server, migrate, migrating_alone
from kasparro.store.queries import queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a database holds after it was restored."""

    schema: str
    payloads: int
    observations: int


def restore(
    url: str,
    file: Path,
    *,
    mode: Literal["live", "sandbox"],
    show: Callable[[int], None] = lambda _: None,
) -> Restored:
    """Fill the empty database from the file and bring its schema up to date.

    `show` is told now and then how many bytes of rows have gone in. Raises BadRequestError when the
    file is no backup or the database not empty, ConfigurationError when server, schema or mode do
    not fit, FatalError when the server refuses what is in the file; it is then as empty as before.
    """
    archive = Archive(file)
    origin = archive.origin()
    _check_origin(origin, file, mode)
    with connect(url) as connection, migrating_alone(connection):
        check_server(connection)
        _refuse_occupied(connection)
        try:
            with connection.transaction():
                _run(connection, archive.statements("pre-data"))
                _fill(connection, archive, show)
                _run(connection, archive.statements("post-data"))
                connection.execute(queries("backup").let_readers_read)
        except psycopg.DatabaseError as error:
            if isinstance(error, psycopg.OperationalError):
                raise
            reason = error.diag.message_primary or str(error)
            raise FatalError(
                f"the database refuses what is in {file}: {reason}; nothing was stored"
            ) from error
    schema = migrate(url, mode=mode)
    with connect(url) as connection:
        claims.abandon_orphans(connection)  # their processes were those of another time and place
        connection.execute(queries("backup").analyze)
        payloads, observations = holdings(connection)
    return Restored(schema=schema, payloads=payloads, observations=observations)


def _check_origin(origin: Origin, file: Path, mode: str) -> None:
    check_schema(origin.schema, of=str(file))
    if origin.mode != mode:
        setting = "on" if origin.mode == "sandbox" else "off"
        raise ConfigurationError(
            f"{file} holds {origin.mode} data, asked for {mode}: simulated and live data never"
            f" share a database; restore it with KASPARRO_SIMULATED={setting}"
        )


def _refuse_occupied(connection: Connection) -> None:
    found = [row[0] for row in connection.execute(queries("backup").occupants)]
    if not found:
        return
    what = f"{', '.join(found[:3])}{'…' if len(found) > 3 else ''}"  # noqa: PLR2004  # enough
    if "raw_crypto_data" in found:
        payloads, observations = holdings(connection)
        what = f"kasparro's tables with {payloads:,} payloads and {observations:,} prices"
    raise BadRequestError(
        f"the database is not empty, it holds {what}: a backup is only restored into an empty one;"
        " set KASPARRO_DATA_DIR to an empty directory, or make a database with createdb and name it"
        " in DATABASE_URL"
    )


def _fill(connection: Connection, archive: Archive, show: Callable[[int], None]) -> None:
    passed = 0
    with archive.data() as script:
        for line in script:
            if line.startswith(b"COPY "):
                with connection.cursor().copy(line) as copying:
                    for chunk in rows(script):
                        copying.write(chunk)
                        passed += len(chunk)
                        show(passed)
            elif not line.startswith(b"--"):
                _run(connection, line)


def _run(connection: Connection, statements: bytes) -> None:
    """Execute SQL of pg_restore's, any number of statements at once."""
    wanted = NOT_FOR_EVERY_SERVER.sub(b"", statements).strip()
    if wanted:
        connection.execute(wanted)
