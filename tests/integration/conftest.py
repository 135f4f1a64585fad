"""A house to run things in."""

from collections.abc import Iterator

import pytest

from support.house import House, house
from support.provider import Provider, provider


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url) as own:
        yield own


@pytest.fixture
def api() -> Iterator[Provider]:
    """A provider that processes of their own may ask for anything."""
    with provider() as own:
        yield own
