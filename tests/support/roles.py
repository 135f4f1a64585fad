"""Database users who may connect and little else."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

PASSWORD = "hush-hush"
_numbers = itertools.count(1)


@contextmanager
def weak_user(url: str) -> Iterator[tuple[str, str]]:
    """A user of this database to whom nothing was granted: the name, and the URL that is theirs."""
    parts = conninfo_to_dict(url)
    name = f"weak_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"create role {name} login password '{PASSWORD}'")
        try:
            there = f"{admin.info.host}:{admin.info.port}/{parts['dbname']}"
            yield name, f"postgresql://{name}:{PASSWORD}@{there}"
        finally:
            admin.execute(f"reassign owned by {name} to current_user")
            admin.execute(f"drop owned by {name}")
            admin.execute(f"drop role {name}")
