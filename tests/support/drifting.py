"""A small market in which every coin moves its own way, and what is said of it once it drifts."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from kasparro.core.drift.baseline import Baseline
from kasparro.core.drift.event import Drift
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.expected import Expected
from kasparro.core.drift.judge import Judgement, judge

EXPECTED = Expected(
    mapped={
        "id": True,
        "price": True,
        "cap": False,
        "change": False,
        "at": True,
        "quote": True,
        "quote.USD": True,
    },
    ignored=frozenset({"rank", "tags", "kind"}),
    keyed=frozenset({"homes"}),
)
HOUR = 3600.0
KINDS = ("coin", "token", "meme", "stable")


def market(hour: int, coins: int = 100) -> list[dict[str, Any]]:
    """The market at an hour: the same whenever it is asked for."""
    return [_coin(number, hour) for number in range(coins)]


@cache
def _coin(number: int, hour: int) -> dict[str, Any]:
    own = Random(number)
    price = 10 ** own.uniform(-4, 4)
    change = own.gauss(0, 4)
    for passed in range(hour):
        step = Random(number * 1_000 + passed).gauss(0, 0.01)
        price, change = price * (1 + step), change + 20 * step
    return {
        "id": f"coin-{number}",
        "price": Decimal(f"{price:.12f}"),
        "cap": Decimal(f"{price * 10 ** own.uniform(5, 8):.2f}"),
        "change": Decimal(f"{change:.5f}"),
        "rank": number + 1,
        "kind": KINDS[number % 4],
        "tags": ["a"] * 30,
        "at": f"2026-05-18T{hour % 24:02}:00:{number % 60:02}Z",
        "quote": {"USD": Decimal(f"{price * own.uniform(2, 3):.12f}")},
        "homes": {f"chain-{number}": "0x1"},
    }


def seen(
    records: list[dict[str, Any]],
    before: Baseline | None = None,
    *,
    hour: float = 8,
    denied: tuple[tuple[str, str], ...] = (),
) -> Judgement:
    """The judgement on these records, fetched at that hour."""
    excerpt = Excerpt(
        part="", records=records, expected=EXPECTED, fetched_at=hour * HOUR, size=len(records)
    )
    return judge(excerpt, before, denied)


@cache
def taught(hours: int = 8, coins: int = 100) -> Baseline:
    """The baseline after so many undisturbed hours."""
    baseline = None
    for hour in range(hours):
        baseline = seen(market(hour, coins), baseline, hour=hour).baseline
    assert baseline is not None
    return baseline


def after(change: Callable[[dict[str, Any]], Any], hour: int = 8) -> list[Drift]:
    """What is said when every record of the next hour is changed so."""
    return seen([change(one) for one in market(hour)], taught(), hour=hour).drifts


def without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def renamed(record: dict[str, Any], **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in record.items()}


def told(drifts: list[Drift]) -> list[tuple[str, str, str]]:
    return [(one.category.value, one.path, one.severity.value) for one in drifts]
