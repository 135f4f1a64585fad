"""What prices may be counted in: fiat money at fixed rates, coins at their price of the moment."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CURRENCIES = Path(__file__).with_name("currencies.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A quote currency. `per_unit` of it are worth one `coin`, or one US dollar without a coin."""

    code: str  # lower case
    name: str
    unit: str
    kind: str
    coin: str
    per_unit: float
    coingecko: bool
    coinpaprika: bool


@cache
def currencies() -> Sequence[Currency]:
    """All of them, in the order CoinGecko lists them."""
    with CURRENCIES.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Currency(
                code=row["code"],
                name=row["name"],
                unit=row["unit"],
                kind=row["kind"],
                coin=row["coin"],
                per_unit=float(row["per_unit"]),
                coingecko=row["coingecko"] == "yes",
                coinpaprika=row["coinpaprika"] == "yes",
            )
            for row in csv.DictReader(lines)
        )


@cache
def of_coingecko() -> dict[str, Currency]:
    return {currency.code: currency for currency in currencies() if currency.coingecko}


@cache
def of_coinpaprika() -> dict[str, Currency]:
    return {currency.code: currency for currency in currencies() if currency.coinpaprika}
