"""The workers that live: each says so now and then."""

import uuid

from psycopg.errors import UndefinedTable

from kasparro.store.connect import Connection
from kasparro.store.queries import queries


def announce(connection: Connection, worker: uuid.UUID, name: str) -> None:
    connection.execute(queries("queue").announce_worker, {"id": worker, "name": name})


def dismiss(connection: Connection, worker: uuid.UUID) -> None:
    connection.execute(queries("queue").dismiss_worker, {"id": worker})


def worker_alive(connection: Connection, host: str) -> bool:
    """Whether a worker on this host has been seen lately; none has before there are tables."""
    prefix = {"prefix": f"{host} pid "}
    try:
        return connection.execute(queries("queue").worker_alive, prefix).fetchone() == (True,)
    except UndefinedTable:
        return False
