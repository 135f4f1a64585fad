"""Every promise that chaos checks is seen to be broken when it is broken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kasparro.cli.chaos.promises import broken, foreign, moved_back, untrue
from kasparro.store.ledger import Key, Ledger, Listed, Position, Said

NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)
ONE: Key = ("coingecko/markets", "bitcoin", NOON)
TWO: Key = ("coingecko/markets", "ether", NOON)

BITCOIN = Listed("bitcoin", "btc", "Bitcoin", listed=True)


def said(price: str, payload: str = "true") -> Said:
    return Said((Decimal(price), None, None, None), payload)


TRUTH = Ledger(
    stands={ONE: said("60000"), TWO: said("3000")},
    stood={},
    payloads=frozenset({"true"}),
    listings={("coingecko", "bitcoin"): BITCOIN},
    positions={"coingecko/markets": Position("{}", between_sweeps=True, last_success_at=NOON)},
    contradictions={},
)


def test_what_says_the_same_breaks_nothing() -> None:
    assert broken(TRUTH, TRUTH) == []
    assert untrue(TRUTH, TRUTH) == 0
    assert not foreign(TRUTH, TRUTH)


def test_the_same_numbers_out_of_other_bytes_are_the_same_statement() -> None:
    again = replace(
        TRUTH, stands=TRUTH.stands | {ONE: said("60000.0", "other")}, payloads={"true", "other"}
    )
    assert broken(TRUTH, again) == []
    assert untrue(TRUTH, again) == 0
    assert foreign(TRUTH, again)


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"payloads": frozenset()}, "1 payloads lost"),
        ({"stands": {TWO: said("3000")}}, "1 statements lost"),
        ({"stands": TRUTH.stands | {ONE: said("1", "false")}}, "1 statements lost"),
        ({"stands": TRUTH.stands | {ONE: said("1")}}, "1 statements from nowhere"),
        (
            {"stands": TRUTH.stands | {("coingecko/markets", "dogecoin", NOON): said("1")}},
            "1 statements from nowhere",
        ),
        ({"stood": {ONE: frozenset({said("59999")})}}, "1 statements from nowhere"),
        ({"listings": {}}, "1 listings taken for something else"),
        *(
            (
                {"listings": {("coingecko", "bitcoin"): replace(BITCOIN, **mistake)}},
                "1 listings taken for something else",
            )
            for mistake in (
                {"slug": "batcat"},
                {"symbol": "b"},
                {"name": "Batcat"},
                {"listed": False},
            )
        ),
        (
            {"positions": {"coingecko/markets": Position('{"page": 1}', False, NOON)}},
            "1 streams that are not where they were",
        ),
        ({"positions": {}}, "1 streams that are not where they were"),
        ({"contradictions": {"days of a source counted wrongly": 3}}, "3 days of a source"),
    ],
)
def test_each_promise_that_is_broken_is_named(change: dict[str, object], problem: str) -> None:
    disturbed = replace(TRUTH, **change)  # type: ignore[arg-type]
    assert any(one.startswith(problem) for one in broken(TRUTH, disturbed))


def test_a_fault_may_stand_beside_the_truth_and_over_it_only_if_the_truth_is_kept() -> None:
    invented: Key = ("coingecko/markets", "invented", NOON)
    beside = replace(
        TRUTH, stands=TRUTH.stands | {invented: said("1", "false")}, payloads={"true", "false"}
    )
    assert broken(TRUTH, beside) == []
    over = replace(
        beside,
        stands=TRUTH.stands | {ONE: said("1", "false")},
        stood={ONE: frozenset({said("60000")})},
    )
    assert broken(TRUTH, over) == []
    assert untrue(TRUTH, over) == 1
    under = replace(beside, stands=TRUTH.stands, stood={ONE: frozenset({said("1", "false")})})
    assert broken(TRUTH, under) == []
    assert untrue(TRUTH, under) == 0


@pytest.mark.parametrize(
    "positions",
    [
        {},
        {"coingecko/markets": Position("{}", True, None)},
        {"coingecko/markets": Position("{}", True, NOON - timedelta(seconds=1))},
    ],
)
def test_a_checkpoint_that_moved_back_is_named(positions: dict[str, Position]) -> None:
    after = replace(TRUTH, positions=positions)
    assert moved_back(TRUTH, after) == ["the checkpoint of coingecko/markets moved back"]
    assert moved_back(TRUTH, TRUTH) == []
