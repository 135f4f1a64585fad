"""Databases made for a trial and dropped after it, beside those that matter and never instead."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from kasparro.core.errors import ConfigurationError
from kasparro.store.connect import connect, reaching_the_database

_numbers = itertools.count(1)


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """An empty database on the server of this URL, dropped on leaving; its URL.

    Raises ConfigurationError when the user may not make one.
    """
    with _made(server_url, sql.SQL("template template0 encoding 'UTF8'")) as url:
        yield url


@contextmanager
def copied(url: str) -> Iterator[str]:
    """A copy of this database, which nobody may be using; dropped on leaving; its URL."""
    template = sql.Identifier(urlsplit(url).path.removeprefix("/"))
    with _made(url, sql.SQL("template {}").format(template)) as copy:
        yield copy


def analyze(url: str) -> None:
    """Let the planner know what is in the tables; copies know it too."""
    with connect(url) as connection:
        connection.execute("analyze")


@contextmanager
def _made(url: str, after: sql.Composable) -> Iterator[str]:
    name = f"kasparro_scratch_{os.getpid()}_{next(_numbers)}"
    identifier = sql.Identifier(name)
    with connect(url) as connection, reaching_the_database(url):
        try:
            connection.execute(sql.SQL("create database {} {}").format(identifier, after))
        except psycopg.errors.InsufficientPrivilege as error:
            raise ConfigurationError(
                f"the user {connection.info.user} may not make a database to try things in:"
                " unset DATABASE_URL to use an embedded one, or: alter role USER createdb"
            ) from error
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with connect(url) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(identifier))
