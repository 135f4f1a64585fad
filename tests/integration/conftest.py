"""A house to run things in."""

from collections.abc import Iterator

import pytest

from support.databases import copy_of
from support.house import House, house
from support.provider import Provider, provider
from support.sweeps import market


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url) as own:
        yield own


@pytest.fixture
def api() -> Iterator[Provider]:
    """A provider that processes of their own may ask for anything."""
    with provider() as own:
        yield own


@pytest.fixture(scope="session")
def undisturbed(server_url: str, template: str) -> str:
    """The digest of a database in which nothing went wrong."""
    with copy_of(server_url, template) as url, house(url) as home:
        home.providers["coingecko"].answer = market
        assert home.sweep("coingecko").status == "success"
        return home.digest()
