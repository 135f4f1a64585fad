"""One sweep of one source, as a worker does it, with less patience for silence."""

import time
from dataclasses import dataclass
from datetime import timedelta

import httpx2

from kasparro.core.clock import Clock
from kasparro.core.errors import BusyError
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice, access
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.sources import BY_NAME
from kasparro.store import claims, runs
from kasparro.store.claims import Run
from kasparro.store.connect import Connection, connect
from kasparro.store.runs import Report

PRICES = {"coinpaprika": "tickers", "coingecko": "markets"}
TOP = 500  # two pages of CoinGecko
SILENCE = httpx2.Timeout(2.0)
PATIENCE = timedelta(seconds=120)
LEASE = timedelta(seconds=30)
TAKEOVER_SECONDS = 60.0
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """Where to work: the database, and each source's base URL."""

    url: str
    sources: dict[str, str]


def sweep(place: Place, source: str, clock: Clock) -> Report:
    """Run the price stream of a source to its end, whatever the end."""
    with httpx2.Client(timeout=SILENCE) as client, connect(place.url) as connection:
        engine = Engine(
            url=place.url,
            sources={name: BY_NAME[name] for name in PRICES},
            access={
                name: access(BY_NAME[name], Choice(url=url, simulated=True))
                for name, url in place.sources.items()
            },
            options={name: Options(top=TOP) for name in PRICES},
            clock=clock,
            patience=PATIENCE,
            lease_duration=LEASE,
            client=client,
        )
        engine.register(connection)
        run = _take_over(connection, engine, source)
        engine.execute(run)
        return runs.report(connection, run.run_id)


def _take_over(connection: Connection, engine: Engine, source: str) -> Run:
    """Begin a run; after a killed one as soon as the server has noticed its death."""
    give_up = time.monotonic() + TAKEOVER_SECONDS
    while time.monotonic() < give_up:
        claims.abandon_orphans(connection)
        run = claims.start_now(
            connection,
            source,
            PRICES[source],
            holder="chaos",
            lease_duration=LEASE,
            config_version=engine.versions[source],
        )
        if run is not None:
            return run
        time.sleep(LOOK_SECONDS)
    raise BusyError(f"{source} was still being swept after {TAKEOVER_SECONDS:g} s")
