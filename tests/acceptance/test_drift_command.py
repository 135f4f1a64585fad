"""`kasparro drift`: what changed, what waits, and what a decision means."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kasparro.sandbox.faults import drift as faults
from support.commands import CommandLine
from support.drifted import COINS, Market, drifting


@pytest.fixture
def market(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with drifting(database_url, hours=2) as own:
        own.sweep(faults.ScaledNumber(field="current_price", factor=Decimal(100)))
        yield own


def test_a_person_lists_rejects_thinks_again_and_is_told_what_it_means(
    market: Market, kasparro: CommandLine
) -> None:
    listed = kasparro("drift", "list")
    assert listed.code == 0
    assert "current_price" in listed.out
    assert "kasparro drift accept NUMBER" in listed.last_line
    (event,) = kasparro("drift", "list", "--status", "open", "--json").json()
    assert (event["drift"], event["held"] >= COINS - 10) == ("unit", True)
    number = str(event["id"])
    said = kasparro("drift", "reject", number, "--note", "they are in cents")
    assert said.last_line.endswith("stays held until it changes")
    assert market.events("status", "note")[-1] is not None
    said = kasparro("drift", "accept", number)
    assert "its numbers are right as they are now" in said.out
    assert "0 are still refused" in said.last_line
    assert market.waiting() == 0
    assert kasparro("drift", "accept", number).code == 1
    assert "no drift event has the number 99" in kasparro("drift", "accept", "99").last_line


def test_where_nothing_drifted_the_list_says_so(
    kasparro: CommandLine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert kasparro("drift", "list").out == "nothing has drifted\n"
