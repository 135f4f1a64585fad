"""A scratch installation beside simulated sources whose market stands still while we disturb it."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from kasparro.cli.chaos.clock import SkippingClock
from kasparro.cli.chaos.labour import PRICES, Place, sweep
from kasparro.core.errors import FatalError
from kasparro.sandbox.app import Sandbox, create_sandbox
from kasparro.sandbox.server import Addresses, serve
from kasparro.store import embedded
from kasparro.store.connect import connect
from kasparro.store.digest import digest_lines
from kasparro.store.ledger import Ledger, ledger
from kasparro.store.migrate import migrate
from kasparro.store.runs import Report
from kasparro.store.scratch import analyze, copied

SETTLED = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)
DISTURBED = SETTLED + timedelta(hours=1)
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
OPENS_WITHIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Account:
    """What a database says at one moment."""

    ledger: Ledger
    digest: Sequence[str]


class Rig:
    """Databases that are all alike at first: each with one sweep of a quiet market behind it."""

    def __init__(self, url: str, seed: int) -> None:
        self.url = url
        self.clock = SkippingClock(SETTLED)
        self.market_at = SETTLED
        self.sandbox: Sandbox = create_sandbox(
            seed=seed, clock=lambda: self.market_at, traffic_clock=self._now
        )
        self._undisturbed: dict[tuple[str, ...], Account] = {}
        self._sources: dict[str, str] = {}
        self._address = ("", 0)

    def settle(self, at: Addresses) -> None:
        """One sweep of each source, which all databases share."""
        self._sources = {"coinpaprika": at.coinpaprika, "coingecko": at.coingecko}
        parts = urlsplit(at.home)
        self._address = (str(parts.hostname), int(parts.port or 0))
        for source in PRICES:
            self._succeed(Place(self.url, self._sources), source)
        analyze(self.url)

    def undisturbed(self, sources: Sequence[str]) -> Account:
        """What a second sweep of these sources leaves when nothing goes wrong."""
        if (known := self._undisturbed.get(tuple(sources))) is not None:
            return known
        with self.database() as place:
            for source in sources:
                self._succeed(place, source)
            return self._undisturbed.setdefault(tuple(sources), account(place.url))

    @contextmanager
    def database(self) -> Iterator[Place]:
        """A settled database of one's own, an hour later; the market stands still from here on."""
        with copied(self.url) as url:
            self.market_at = DISTURBED
            self.clock = SkippingClock(DISTURBED)
            self.sandbox.forget_callers()
            yield Place(url, self._sources)

    def wait_for_an_open_port(self) -> None:
        """A port that a fault closed opens again by itself."""
        give_up = time.monotonic() + OPENS_WITHIN_SECONDS
        while True:
            try:
                socket.create_connection(self._address, timeout=1).close()
            except OSError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.05)
            else:
                return

    def _now(self) -> datetime:
        return self.clock.now()

    def _succeed(self, place: Place, source: str) -> Report:
        report = sweep(place, source, self.clock)
        if report.status != "success":
            raise FatalError(
                f"undisturbed, {report.run_id} {report.status}: {report.error_message}"
            )
        return report


@contextmanager
def rig(seed: int) -> Iterator[Rig]:
    """Everything up and settled, in a directory that is gone afterwards."""
    with (
        TemporaryDirectory(prefix="kasparro-chaos-") as home,
        embedded.hold(Path(home), settings=UNSAFE) as url,
    ):
        migrate(url, mode="sandbox")
        own = Rig(url, seed)
        with serve(own.sandbox) as at:
            own.settle(at)
            yield own


def account(url: str) -> Account:
    with connect(url) as connection:
        return Account(ledger(connection), digest_lines(connection))
