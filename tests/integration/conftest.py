"""A house to run things in."""

from collections.abc import Iterator

import pytest

from support.house import House, house


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url) as own:
        yield own
