"""One hash of everything the database says: what "equal" means, for people and for tests."""

import hashlib

from kasparro.store.connect import Connection
from kasparro.store.queries import queries


def digest_lines(connection: Connection) -> list[str]:
    """One line per kind of fact, to see where two databases differ."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        rows = connection.execute(queries("digest").digest).fetchall()
    return [f"{what}: {number} {_hash(first, second)}" for what, number, first, second in rows]


def digest(connection: Connection) -> str:
    """Equal for databases that say the same, whatever way they came to it."""
    return hashlib.sha256("\n".join(digest_lines(connection)).encode()).hexdigest()


def holdings(connection: Connection) -> tuple[int, int]:
    """How many payloads and how many prices there are."""
    row = connection.execute(queries("digest").holdings).fetchone()
    return (row[0], row[1]) if row is not None else (0, 0)


def _hash(*sums: object) -> str:
    return hashlib.sha256(repr([str(number) for number in sums]).encode()).hexdigest()[:16]
