"""A real PostgreSQL for every test: one template built by the migrations, one copy per test."""

import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import settings

from kasparro.store import embedded
from kasparro.store.connect import Connection, connect
from kasparro.store.migrate import migrate
from support.databases import with_database

TEST_SERVER = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PLACE = "PLACE_OF_THE_TEST_SERVER"
MEMORY = Path("/dev/shm")  # noqa: S108  # a directory of our own is made in it
ENOUGH_BYTES = 2 << 30
_numbers = itertools.count(1)

settings.register_profile("kasparro", deadline=None)  # a busy machine is no defect
settings.load_profile("kasparro")
structlog.configure(  # without the pages of local variables that a terminal gets
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
)


def pytest_configure(config: pytest.Config) -> None:
    """Find the place of the server under test, once for all processes of this run."""
    if PLACE not in os.environ:
        os.environ[PLACE] = tempfile.mkdtemp(prefix="kasparro-tests-", dir=_fastest())
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True))


def _fastest() -> Path | None:
    """In memory, if there is room: a database for each test is a thousand files."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The server under test: TEST_DATABASE_URL, DATABASE_URL, or the embedded one."""
    given = os.environ.get("KASPARRO_TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with embedded.hold(Path(os.environ[PLACE]) / "server", settings=TEST_SERVER) as url:
        yield url


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """The name of a database that the migrations built, this test process's own."""
    name = f"template_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create database {name} template template0")
        migrate(with_database(server_url, name))
        yield name
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """A fresh database with today's schema and nothing in it but the shipped map."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create database {name} template {template} strategy file_copy")
        yield with_database(server_url, name)
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """A database without any schema."""
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create database {name} template template0")
        yield with_database(server_url, name)
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def database(database_url: str) -> Iterator[Connection]:
    with connect(database_url) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Whoever configures the log in a test leaves it as the next test expects it."""
    kept, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    processors = list(kept["processors"])
    yield
    structlog.configure(**(kept | {"processors": processors}))
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads this machine's settings or `.env`."""
    for name in list(os.environ):
        if name.startswith(("KASPARRO_", "COINGECKO_", "COINPAPRIKA_", "API_", "CSV_")):
            monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "PORT", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
