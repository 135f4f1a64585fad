"""Databases beside the test's own, and a road to one that breaks when told."""

import itertools
import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from psycopg.conninfo import conninfo_to_dict

COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"  # how the server says that a transaction is safe
_numbers = itertools.count(1)


def with_database(url: str, name: str) -> str:
    """The same server, another database, as a URL."""
    parts = conninfo_to_dict(url)
    user = f"{parts['user']}:{parts['password']}" if "password" in parts else str(parts["user"])
    return f"postgresql://{user}@{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{name}"


@contextmanager
def copy_of(server_url: str, template: str) -> Iterator[str]:
    """One more database like the template; its URL."""
    name = f"copy_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create database {name} template {template} strategy file_copy")
        try:
            yield with_database(server_url, name)
        finally:
            admin.execute(f"drop database {name} with (force)")


class Road:
    """A proxy to a database: `url` leads there while it is open."""

    def __init__(self, url: str) -> None:
        parts = conninfo_to_dict(url)
        self._target = (str(parts.get("host", "localhost")), int(parts.get("port", 5432)))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._cars: list[socket.socket] = []
        self._lock = threading.Lock()
        self.open = True
        self.commits = 0
        self.lose_commit: int | None = None  # the commit of this number succeeds, and nobody hears
        port = self._listener.getsockname()[1]
        given = conninfo_to_dict(with_database(url, str(parts["dbname"])))
        user = f"{given['user']}:{given['password']}" if "password" in given else given["user"]
        self.url = f"postgresql://{user}@127.0.0.1:{port}/{parts['dbname']}?sslmode=disable"

    def close(self) -> None:
        """Nobody gets through any more, and who is on the road is thrown off it."""
        self.open = False
        with self._lock:
            for car in self._cars:
                with suppress(OSError):
                    car.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self.open:
                client.close()
                continue
            server = socket.create_connection(self._target)
            with self._lock:
                self._cars += [client, server]
            threading.Thread(target=self._drive, args=(client, server), daemon=True).start()

    def stop(self) -> None:
        self.close()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _drive(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError):
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65_536)
                    if not data or (ready is server and self._lost(data)):
                        return
                    (client if ready is server else server).sendall(data)

    def _lost(self, data: bytes) -> bool:
        with self._lock:
            before = self.commits
            self.commits += data.count(COMMITTED)
            lost = self.lose_commit
            return lost is not None and before < lost <= self.commits


@contextmanager
def road(url: str) -> Iterator[Road]:
    own = Road(url)
    thread = threading.Thread(target=own.serve)
    thread.start()
    try:
        yield own
    finally:
        own.stop()
        thread.join()
