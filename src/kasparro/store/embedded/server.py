"""One embedded server: whether it lives, whether it answers, how it is launched and ended.

Its processes inherit a lock on `postgres.server`, so the kernel says whether any of them lives. The
number in a pid file cannot: after a crash it may belong to somebody else, or to a zombie.
"""

import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import psycopg

from kasparro.core.errors import UnavailableError
from kasparro.store.embedded import cluster
from kasparro.store.embedded.file_lock import POLL_SECONDS, locked, open_private, try_lock
from kasparro.store.embedded.programs import Account, account_for, program
from kasparro.store.embedded.traces import PidFile, ServerLog
from kasparro.store.queries import queries

HOST = "127.0.0.1"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "max_wal_size": "4GB",  # a bulk load must not checkpoint every few seconds
    "jit": "off",  # our queries are short; compiling them takes longer than they do
}
ANSWER_SECONDS = 2
START_SECONDS = 60
STOP_SECONDS = 60
END_SECONDS = 10


class RecoveringError(UnavailableError):
    """The server is not ready yet; stopped now, it would have to begin again."""


class Server:
    """Of one data directory. Only who holds its start lock may change its state."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.cluster = self.data_dir / "postgres"
        self._record = self.data_dir / "postgres.server"  # port and starter of the newest launch
        self._log = ServerLog(self.data_dir / "postgres.log")
        self._pid_file = PidFile(self.cluster)

    def url(self, port: int, database: str = "kasparro") -> str:
        login = f"{cluster.USER}:{cluster.password(self.cluster)}"
        return f"postgresql://{login}@{HOST}:{port}/{database}"

    def starter(self) -> str:
        return self._record.read_text().partition(" ")[2]

    def lives(self) -> bool:
        """Whether a process of the server is left, or of an initdb that lost its parent."""
        descriptor = open_private(self._record)
        try:
            return not try_lock(descriptor)
        finally:
            os.close(descriptor)

    def answering_port(self) -> int | None:
        """Where the server of this very cluster takes connections; None where it does not.

        Gives it our database if its maker was killed before that.
        """
        port = self._pid_file.ready_port()
        if port is None:
            return None
        url = self.url(port, "postgres")
        with (
            suppress(psycopg.Error),
            psycopg.connect(url, autocommit=True, connect_timeout=ANSWER_SECONDS) as connection,
        ):
            row = connection.execute(queries("embedded").whose_server).fetchone()
            directory, has_database = row or ("", False)
            if self._serves(directory):
                if not has_database:
                    connection.execute(queries("embedded").create_database)
                return port
        return None

    def wait_for_answer(self) -> int | None:
        """Its port as soon as it answers; None as soon as none lives.

        Raises UnavailableError when it neither answers nor recovers, which it would report in its
        log every ten seconds.
        """
        said, deadline = self._log.size(), time.monotonic() + START_SECONDS
        while (port := self.answering_port()) is None:
            if not self.lives():
                return None
            ready = self._pid_file.ready_port() is not None
            if self._log.size() != said and not ready:
                said, deadline = self._log.size(), time.monotonic() + START_SECONDS
            if time.monotonic() > deadline:
                error = UnavailableError if ready else RecoveringError
                raise error(self._trouble(f"has not answered for {START_SECONDS} s"))
            time.sleep(POLL_SECONDS)
        return port

    def launch(self, settings: Mapping[str, str], starter: str) -> int:
        """Start the server, which must not live, making its cluster if need be; its port.

        Raises UnavailableError with the end of its log when it does not come up.
        """
        account = account_for(self.data_dir, self.cluster)
        with self._lock() as lock:
            sync = settings.get("fsync") != "off"
            cluster.make(self.cluster, account, sync=sync, keep_open=lock)
        self._pid_file.retire()
        for port in self._ports():
            options = {**SETTINGS, "port": str(port), **settings}
            self._spawn(account, options, record=f"{port} {starter}")
            answering = self.wait_for_answer()
            if answering is not None:
                return answering
            if _is_free(port):
                break
        raise UnavailableError(self._trouble("did not start"))

    def end(self) -> None:
        """Stop it in order, else at once, else by force: after any of these it can start again."""
        for how, patience_seconds in (
            (signal.SIGINT, STOP_SECONDS),
            (signal.SIGQUIT, END_SECONDS),
            (signal.SIGKILL, END_SECONDS),
        ):
            asked, deadline = False, time.monotonic() + patience_seconds
            while self.lives() or self.answering_port() is not None:
                asked = asked or self._send(how)  # its pid file appears a moment after it
                if time.monotonic() > deadline:
                    break
                time.sleep(POLL_SECONDS)
            else:
                return
        raise UnavailableError(self._trouble("cannot be stopped"))

    def _spawn(self, account: Account, options: Mapping[str, str], *, record: str) -> None:
        command: list[str | Path] = [program("postgres"), "-D", self.cluster]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        log = self._log.open()
        try:
            with self._lock() as lock:
                os.ftruncate(lock, 0)
                os.write(lock, record.encode())
                account.spawn(command, log=log, keep_open=lock)
        finally:
            os.close(log)

    def _send(self, how: signal.Signals) -> bool:
        pid = self._pid_file.pid()
        with suppress(ProcessLookupError):
            if pid is not None:
                os.kill(pid, how)
                return True
        return False

    def _lock(self) -> AbstractContextManager[int]:
        return locked(self._record, timeout_seconds=END_SECONDS)

    def _ports(self) -> Iterator[int]:
        """The last port while it is free, for who still knows it; then others."""
        known = self._record.read_text().partition(" ")[0]
        if known.isdecimal() and _is_free(int(known)):
            yield int(known)
        for _ in range(3):
            with socket.create_server((HOST, 0)) as chosen:
                port = chosen.getsockname()[1]
            yield port

    def _serves(self, directory: str) -> bool:
        with suppress(OSError):
            return self.cluster.samefile(directory)
        return False

    def _trouble(self, what: str) -> str:
        free_mb = shutil.disk_usage(self.data_dir).free // 2**20
        return (
            f"{self._log.tail()}\nthe embedded PostgreSQL in {self.data_dir} {what} ({free_mb} MB"
            f" are free on its disk); the lines above are the end of {self._log.path}"
        )


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.create_server((HOST, port)):
        return True
    return False
