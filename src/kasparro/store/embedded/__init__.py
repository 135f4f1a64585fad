"""Who starts the embedded PostgreSQL and who stops it: the first to need it, the last to leave.

In the data directory:
    postgres/            the cluster
    postgres.lock        held, shared, by every process that uses the server
    postgres.start.lock  held by the one process that is starting or stopping it
    postgres.server      held by the server's own processes; says its port and who started it
    postgres.log         what the server says

It listens on 127.0.0.1, on the port it had before if that is free: a socket file would have to lie
far from a data directory whose path is long, and cleaners of /tmp would remove it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from kasparro.core.errors import ConfigurationError
from kasparro.store.embedded.file_lock import locked, try_lock
from kasparro.store.embedded.programs import program
from kasparro.store.embedded.server import RecoveringError, Server

__all__ = ["hold", "is_running", "program", "start", "stop"]

LOCK_SECONDS = 180  # others may be making a cluster, or waiting for one that is recovering


@contextmanager
def hold(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Keep the server of this data directory running; yields its URL.

    The last holder to leave stops it, unless `start` started it. `settings` are PostgreSQL's and
    count only for whoever starts it. Raises ConfigurationError or UnavailableError, saying why.
    """
    server = Server(data_dir)
    with ExitStack() as leaving:
        with _naming_the_file(data_dir):
            server.data_dir.mkdir(parents=True, exist_ok=True)
            holders = locked(
                server.data_dir / "postgres.lock", shared=True, timeout_seconds=LOCK_SECONDS
            )
            leaving.push(_leave(server, leaving.enter_context(holders)))
            url = _url(server, settings or {}, "hold")
        yield url


def start(data_dir: Path, *, settings: Mapping[str, str] | None = None) -> str:
    """Start the server if need be and leave it running until `stop`; its URL."""
    server = Server(data_dir)
    with _naming_the_file(data_dir):
        server.data_dir.mkdir(parents=True, exist_ok=True)
        return _url(server, settings or {}, "start")


def stop(data_dir: Path) -> bool:
    """Stop the server, whoever uses it; False if it was not running."""
    server = Server(data_dir)
    if not server.cluster.exists():
        return False
    with _naming_the_file(data_dir), _alone(server):
        was_running = server.lives() or server.answering_port() is not None
        if was_running:
            server.end()
        return was_running


def is_running(data_dir: Path) -> bool:
    """Whether the server of this data directory answers."""
    with _naming_the_file(data_dir):
        return Server(data_dir).answering_port() is not None


def _url(server: Server, settings: Mapping[str, str], starter: str) -> str:
    with _alone(server):
        port = server.wait_for_answer()
        if port is None:
            port = server.launch(settings, starter)
        return server.url(port)


def _leave(server: Server, holders: int) -> Callable[..., None]:
    def stop_if_last(_kind: object, error: object, _trace: object) -> None:
        if isinstance(error, RecoveringError):
            return  # the next one finds it ready
        if try_lock(holders):
            with _alone(server):
                if server.lives() and server.starter() != "start":
                    server.end()

    return stop_if_last


def _alone(server: Server) -> AbstractContextManager[int]:
    return locked(server.data_dir / "postgres.start.lock", timeout_seconds=LOCK_SECONDS)


@contextmanager
def _naming_the_file(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the embedded PostgreSQL cannot use {error.filename or data_dir}: {error.strerror}."
            " Run as the owner of the data directory, set KASPARRO_DATA_DIR to a directory of your"
            " own with space on its disk, or set DATABASE_URL to a PostgreSQL server"
        ) from error
