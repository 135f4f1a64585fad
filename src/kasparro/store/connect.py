"""Opens connections: the only place that knows how our sessions are set up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeAlias

import psycopg

from kasparro.core.errors import ConfigurationError, UnavailableError
from kasparro.store.rights import not_allowed

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]
Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]

CONNECT_TIMEOUT_SECONDS = 5
SILENT_PEER_MS = 10_000  # a machine that vanished must not hold our locks for hours

# In our words: libpq's repeat parts of the URL, of the password perhaps.
UNREADABLE = (
    "DATABASE_URL cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and what is"
    " special in a URL as %XX (@ is %40)"
)

# libpq has no codes for why a connection failed, only these words.
ADVICE = {
    "password": "check the user and the password in DATABASE_URL",
    "failed to resolve": "check the host in DATABASE_URL",
    "refused": "is PostgreSQL running there? Check the host and the port in DATABASE_URL",
    "timeout": "is a firewall in between? Check the host and the port in DATABASE_URL",
    "starting up": "ask again in a moment",
    "connection slots": "raise its max_connections, or run fewer processes",
    "too many clients": "raise its max_connections, or run fewer processes",
    'database "': "create it with createdb, or name another one in DATABASE_URL",
    'role "': "check the user in DATABASE_URL",
}


def session(**options: str) -> dict[str, Any]:
    """Connection arguments every session of ours has: UTC, and a peer that must answer."""
    settings = {"timezone": "UTC"} | options
    return {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "tcp_user_timeout": SILENT_PEER_MS,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "application_name": "kasparro",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }


def connect(url: str, **options: str) -> Connection:
    """Open a writing session, in autocommit: transactions are always explicit.

    Raises UnavailableError when the database cannot be reached, ConfigurationError when the URL
    cannot be read.
    """
    try:
        return psycopg.connect(url, autocommit=True, **session(**options))
    except psycopg.OperationalError as error:
        if "for connection option" in str(error):
            raise ConfigurationError(UNREADABLE) from None
        raise UnavailableError(f"cannot reach the database: {_explained(error)}") from error
    except psycopg.ProgrammingError:
        raise ConfigurationError(UNREADABLE) from None


def writer_options(lease: timedelta) -> dict[str, str]:
    """A frozen writer must lose its transaction before its lease, or it blocks its successor."""
    return {"idle_in_transaction_session_timeout": f"{int(lease.total_seconds() * 500)}ms"}


@contextmanager
def reaching_the_database(url: str) -> Iterator[None]:
    """Turn a lost connection, or a right that our user lacks, into our own error."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise UnavailableError(f"the database went away: {_first_line(error)}") from error
    except psycopg.errors.InsufficientPrivilege as error:
        with connect(url) as asking:
            raise not_allowed(error, asking) from error


def _explained(error: Exception) -> str:
    reason = _first_line(error).removeprefix("connection failed: ")
    advice = next((advice for words, advice in ADVICE.items() if words in reason), None)
    return f"{reason}; {advice}" if advice is not None else reason


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
