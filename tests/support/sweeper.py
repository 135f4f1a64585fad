"""A process to be killed and frozen: `sweep URL SOURCE PROVIDER LEASE` or `replay URL`."""

import sys
import threading
from datetime import timedelta

from kasparro.clock import SystemClock
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice, access
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.replay import replay
from kasparro.ingestion.sources import BY_NAME
from kasparro.store import claims
from kasparro.store.connect import connect

PRICES = {"coinpaprika": "tickers", "coingecko": "markets"}


def engine(url: str, provider_url: str, stop: threading.Event, lease: float = 30) -> Engine:
    own = {name: BY_NAME[name] for name in PRICES}
    choice = Choice(url=provider_url)
    return Engine(
        url=url,
        sources=own,
        access={name: access(source, choice) for name, source in own.items()},
        options={name: Options() for name in own},
        clock=SystemClock(stop),
        patience=timedelta(seconds=30),
        lease_duration=timedelta(seconds=lease),
    )


def sweep(url: str, source: str, provider_url: str, lease: str) -> str:
    own = engine(url, provider_url, threading.Event(), float(lease))
    with connect(url) as connection:
        own.register(connection)
        claims.abandon_orphans(connection)
        run = claims.start_now(
            connection,
            source,
            PRICES[source],
            holder="sweeper",
            lease_duration=own.lease_duration,
            config_version="",
        )
        return own.execute(run) if run is not None else "busy"


def again(url: str) -> str:
    def show(done: int, total: int) -> None:
        print(f"replayed {done} of {total}", flush=True)  # noqa: T201  # our parent reads it

    lease = timedelta(seconds=30)
    replay(url, BY_NAME, holder="sweeper", lease_duration=lease, verify=False, progress=show)
    return "replayed"


if __name__ == "__main__":
    COMMANDS = {"sweep": sweep, "replay": again}
    print(COMMANDS[sys.argv[1]](*sys.argv[2:]), flush=True)  # noqa: T201  # our parent reads it
