"""One simulated market for all of these tests: building one takes longer than asking it."""

import pytest

from support.sandbox import START, Visitor


@pytest.fixture(scope="session")
def _one_visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def visitor(_one_visitor: Visitor) -> Visitor:
    _one_visitor.now = START
    return _one_visitor
