"""Where the checks take place: databases, sources and processes that leave no trace behind."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from kasparro.cli.smoke.verdict import BrokenError, must
from kasparro.cli.smoke.witness import Witness
from kasparro.sandbox.app import Sandbox, create_sandbox
from kasparro.sandbox.server import Addresses, serve
from kasparro.store import embedded
from kasparro.store.scratch import scratch_database

SEED = 1
PATIENCE_SECONDS = 300.0  # for what takes a few seconds on an idle machine
LOOK_AGAIN_SECONDS = 0.05
OURS = ("KASPARRO_", "COINPAPRIKA_", "COINGECKO_", "API_", "CSV_")
NAMED = ("DATABASE_URL", "PORT", "LOG_LEVEL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Simulated sources, what may go wrong with them, and who asked them."""

    addresses: Addresses
    sandbox: Sandbox
    witness: Witness


@dataclass(slots=True, kw_only=True)
class Site:
    """One server with databases of our own on it, and one moment of the simulated market."""

    home: Path
    server_url: str
    admin_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    moment: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    first: str = ""  # the database that the first check fills and the others compare with

    def database(self) -> AbstractContextManager[str]:
        """One more database, empty, dropped on leaving; its URL."""
        return scratch_database(self.server_url)

    @contextmanager
    def sources(self) -> Iterator[Sources]:
        """Both API sources, at the moment of this site; nobody has asked them yet."""
        sandbox = create_sandbox(
            seed=SEED, clock=lambda: self.moment, traffic_clock=lambda: datetime.now(UTC)
        )
        witness = Witness(sandbox)
        with serve(witness) as addresses:
            yield Sources(addresses=addresses, sandbox=sandbox, witness=witness)

    def run(self, url: str, *command: str, sources: Sources | None = None, **settings: str) -> str:
        """Run `kasparro <command>` to its end; what it printed. It must succeed."""
        words = " ".join(command)
        try:
            done = subprocess.run(
                _kasparro(*command),
                cwd=self.home,
                env=self.environment(url, sources, settings),
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise BrokenError(f"`kasparro {words}` took more than {error.timeout:.0f} s") from error
        reason = done.stderr.strip().rpartition("\n")[2]
        must(done.returncode == 0, f"`kasparro {words}` failed: {reason}")
        return done.stdout

    @contextmanager
    def process(
        self, url: str, *command: str, sources: Sources | None = None, **settings: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """`kasparro <command>` while it is needed; killed on leaving if it still lives."""
        with (
            (self.home / f"{command[0]}.log").open("ab") as log,
            subprocess.Popen(
                _kasparro(*command),
                cwd=self.home,
                env=self.environment(url, sources, settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            ) as running,
        ):
            try:
                yield running
            finally:
                running.kill()

    def environment(
        self, url: str, sources: Sources | None, settings: Mapping[str, str] = MappingProxyType({})
    ) -> dict[str, str]:
        """This machine's, without whatever is set for kasparro itself."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(OURS) and name not in NAMED
        }
        asked = {} if sources is None else {
            "COINPAPRIKA_API_URL": sources.addresses.coinpaprika,
            "COINGECKO_API_URL": sources.addresses.coingecko,
        }  # fmt: skip
        return kept | {
            "DATABASE_URL": url,
            "KASPARRO_DATA_DIR": str(self.home / "data"),
            "KASPARRO_SIMULATED": "on",
            "KASPARRO_ADMIN_KEY": self.admin_key,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            **asked,
            **settings,
        }


@contextmanager
def site(database_url: str | None) -> Iterator[Site]:
    """On the given server, else on an embedded one of its own, in a directory that is removed."""
    with tempfile.TemporaryDirectory(prefix="kasparro-smoke-") as place:
        home = Path(place)
        if database_url is not None:
            yield Site(home=home, server_url=database_url)
            return
        with embedded.hold(home / "server") as url:
            yield Site(home=home, server_url=url)


def wait_until(claim: Callable[[], bool], what: str) -> None:
    """Raises BrokenError when it does not come true within our patience."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not claim():
        if time.monotonic() > deadline:
            raise BrokenError(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}")
        time.sleep(LOOK_AGAIN_SECONDS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _kasparro(*command: str) -> list[str]:
    return [sys.executable, "-m", "kasparro", *command]
