"""Says which listing a row of a CSV file is about, by its own words or by those of its file."""

from collections.abc import Mapping
from typing import Any

from kasparro.core.csv.coins import pair_of
from kasparro.core.csv.shape import CsvShape

OWNER_FIELDS = ("coin_id", "foreign_id", "pair", "symbol", "name", "quote")
MOST_REMEMBERED = 10_000


class Owners:
    """The coins of one file: `coin` is what the file says of all its rows, if anything."""

    def __init__(self, shape: CsvShape, coin: Mapping[str, Any], *, tells_dollars: bool) -> None:
        self._shape = shape
        self._coin = {key: value for key, value in coin.items() if key != "only"}
        self._only = coin.get("only")
        self._price_quote = "USD" if tells_dollars else ""
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def of(self, said: Mapping[str, str]) -> dict[str, Any]:
        """The fields of a record that name its coin; `said` holds the row's own words."""
        words = tuple(said.values())
        if words not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[words] = self._owner(said)
        return self._known[words]

    def _owner(self, said: Mapping[str, str]) -> dict[str, Any]:
        own, named = self._named(said)
        if self._only is not None and own.casefold() != self._only.casefold():
            return {"fault": f"is about {own!r}, in a file said to be about {self._only!r} alone"}
        record = named | self._coin
        quote = self._shape.quotes.get(said.get("quote", ""), said.get("quote", "")).upper()
        record["quote"] = quote or record.get("quote") or self._price_quote
        record["by_symbol"] = "coin_id" not in record and "foreign_id" not in said
        return record

    def _named(self, said: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """The row's own word for its coin, and what follows from it."""
        named: dict[str, Any] = {
            "symbol": said.get("symbol", ""),
            "name": said.get("name", ""),
        }
        if slug := said.get("coin_id", "").lower():
            return slug, named | {"id": slug, "coin_id": slug}
        if "foreign_id" in said:
            foreign = said["foreign_id"]
            return foreign, named | {"id": foreign and f"coingecko:{foreign}"}
        if "pair" in said:
            return self._of_pair(said["pair"], named)
        symbol = named["symbol"].upper()
        return symbol, named | {"id": symbol}

    def _of_pair(self, text: str, named: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        pair = pair_of(text)
        if pair is None:
            return text, {"fault": f"{text!r} is no pair of a coin and a currency"}
        return text, named | {"id": text, "symbol": pair.base, "quote": pair.quote}
