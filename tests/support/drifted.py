"""The simulated market asked hour by hour, and then changed by the sandbox's own faults."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.ingestion.deciding import Decided, Decider
from kasparro.sandbox.faults.documents import decoded, encoded
from kasparro.sandbox.faults.fault import DocumentFault
from kasparro.store.runs import Report
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.sandbox import START, Visitor

COINS = 250
HOURS = 3  # undisturbed


@dataclass
class Market:
    """A house that asks a simulated source for one page, an hour further with each sweep."""

    home: House
    source: str = "coingecko"
    hour: int = -1

    def sweep(
        self,
        *faults: DocumentFault,
        change: Callable[[Any], Any] | None = None,
        first: int = COINS,
    ) -> Report:
        """Ask for the next hour, changed so; the page shows the first of its coins."""
        self.hour += 1
        return self.sweep_again(*faults, change=change, first=first)

    def sweep_again(
        self,
        *faults: DocumentFault,
        change: Callable[[Any], Any] | None = None,
        first: int = COINS,
    ) -> Report:
        """Ask for the same hour once more."""
        self.home.clock.time = START + timedelta(hours=self.hour, minutes=1)
        document = decoded(page(self.source, self.hour))
        for fault in faults:
            document = fault.change(document, Random(1))
        if change is not None:
            document = [change(one) for one in document]
        self.home.providers[self.source].answer = lambda asked: _answer(asked, document, first)
        return self.home.sweep(self.source)

    def events(self, *columns: str, status: str | None = None) -> list[Any]:
        return self.home.rows(
            f"select {', '.join(columns or ('class', 'path', 'severity'))} from drift_events"
            " where %s::text is null or status = %s order by id",
            status,
            status,
        )

    def prices(self) -> int:
        return int(self.home.value("select count(*) from observations"))

    def waiting(self) -> int:
        return int(self.home.value("select count(*) from quarantine where resolved_at is null"))

    @property
    def decider(self) -> Decider:
        return Decider(
            url=self.home.url,
            sources=self.home.engine.sources,
            holder="test",
            lease_duration=timedelta(seconds=30),
            clock=self.home.clock,
        )

    def accept(self, status: str = "open") -> Decided:
        """Accept the only event that stands so."""
        ((number,),) = self.events("id", status=status)
        return self.decider.accept(number, "as announced")

    def reject(self) -> Decided:
        ((number,),) = self.events("id", status="open")
        return self.decider.reject(number, None)


@contextmanager
def drifting(url: str, hours: int = HOURS, source: str = "coingecko") -> Iterator[Market]:
    """A market that was undisturbed for so many hours."""
    choices = {"coingecko": Choice(options=Options(top=COINS))}
    with house(url, choices=choices) as home:
        market = Market(home, source)
        for _ in range(hours):
            assert market.sweep().status == "success"
        yield market


@cache
def page(source: str, hour: int) -> bytes:
    """The largest coins at that hour, the same in every test."""
    visitor = _visitor()
    visitor.now = START + timedelta(hours=hour)
    if source == "coinpaprika":
        return encoded(decoded(visitor.paprika("/tickers").content)[:COINS])
    asked = {"vs_currency": "usd", "per_page": COINS, "precision": "full"}
    return visitor.gecko("/coins/markets", include_rehypothecated="true", **asked).content


@cache
def _visitor() -> Visitor:
    return Visitor()


def _answer(asked: Asked, document: Any, first: int) -> Reply:
    """The page, or those that are asked for by id."""
    if not isinstance(document, list):
        return Reply(encoded(document))
    if "ids" in asked.params:
        wanted = set(asked.params["ids"].split(","))
        return Reply(encoded([one for one in document if one.get("id") in wanted]))
    if asked.path.startswith("/tickers/"):
        found = [one for one in document if one.get("id") == asked.path.removeprefix("/tickers/")]
        return Reply(encoded(found[0])) if found else as_json({"error": "id not found"}, 404)
    return Reply(encoded(document[:first]))


def quarantined(home: House) -> set[tuple[str, str]]:
    """Fields and reasons of what waits."""
    return set(home.rows("select field, reason from quarantine where resolved_at is null"))
