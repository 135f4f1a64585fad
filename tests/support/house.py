"""kasparro on a test database, asking a test provider: runs here and now, on a clock that obeys."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from kasparro.core.source import Source
from kasparro.ingestion.access import Choice, access
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.sources import BY_NAME
from kasparro.store import claims, runs
from kasparro.store.connect import Connection, connect
from kasparro.store.digest import digest, digest_lines
from kasparro.store.runs import Report
from support.clock import FakeClock
from support.provider import Provider, provider

PRICES = {"coinpaprika": "tickers", "coingecko": "markets", "toy": "prices"}


class House:
    """One database, one provider per API source, one clock."""

    def __init__(
        self,
        url: str,
        providers: dict[str, Provider],
        *,
        choices: dict[str, Choice] | None = None,
        sources: Mapping[str, Source] = BY_NAME,
        csv_path: Path | None = None,
        lease: timedelta = timedelta(seconds=30),
        patience: timedelta = timedelta(seconds=300),
    ) -> None:
        self.url = url
        self.providers = providers
        self.clock = FakeClock()
        chosen = {
            name: replace((choices or {}).get(name, Choice()), url=own.url)
            for name, own in providers.items()
        }
        self.engine = Engine(
            url=url,
            sources=sources,
            access={name: access(sources[name], choice) for name, choice in chosen.items()},
            options={name: choice.options for name, choice in chosen.items()},
            clock=self.clock,
            patience=patience,
            lease_duration=lease,
            desk=Desk(paths=(csv_path,) if csv_path is not None else ()),
        )
        self.connection: Connection = connect(url)
        self.engine.register(self.connection)

    def close(self) -> None:
        self.engine.client.close()
        self.connection.close()

    def sweep(self, source: str, stream: str | None = None) -> Report:
        """Run one stream to its end, whatever the end."""
        run = claims.start_now(
            self.connection,
            source,
            stream or PRICES[source],
            holder="test",
            lease_duration=self.engine.lease_duration,
            config_version=self.engine.versions.get(source, ""),
        )
        assert run is not None, "the stream already has a run"
        self.engine.execute(run)
        return runs.report(self.connection, run.run_id)

    def rows(self, query: str, *arguments: Any) -> list[Any]:
        return self.connection.execute(query, arguments).fetchall()  # type: ignore[call-overload]

    def value(self, query: str, *arguments: Any) -> Any:
        return self.rows(query, *arguments)[0][0]

    def prices(self, source: str | None = None) -> dict[tuple[str, str], Any]:
        """Price by (coin_id, RFC 3339 time), of one source or all."""
        rows = self.rows("select coin_id, iso_utc(timestamp), price_usd, source from crypto_prices")
        return {(row[0], row[1]): row[2] for row in rows if source in (None, row[3])}

    def checkpoint(self, source: str, stream: str | None = None) -> Any:
        """(cursor, last_success_at, last_failure_at, last_error) of a stream; None without one."""
        rows = self.rows(
            "select c.cursor, c.last_success_at, c.last_failure_at, c.last_error from checkpoints c"
            " join streams st on st.id = c.stream_id join sources so on so.id = st.source_id"
            " where so.name = %s and st.name = %s",
            source,
            stream or PRICES[source],
        )
        return rows[0] if rows else None

    def digest(self) -> str:
        return digest(self.connection)

    def digest_lines(self) -> list[str]:
        return digest_lines(self.connection)


@contextmanager
def house(url: str, **wanted: Any) -> Iterator[House]:
    """A house with a provider for each API source."""
    with provider() as paprika, provider() as gecko:
        own = House(url, {"coinpaprika": paprika, "coingecko": gecko}, **wanted)
        try:
            yield own
        finally:
            own.close()


@contextmanager
def toy_house(url: str, source: Source, **wanted: Any) -> Iterator[House]:
    """A house with one source, made up for the test, and its provider."""
    with provider() as own:
        home = House(url, {source.name: own}, sources={source.name: source}, **wanted)
        try:
            yield home
        finally:
            home.close()
