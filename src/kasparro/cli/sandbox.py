"""`kasparro sandbox`: simulated CoinPaprika and CoinGecko, for demos and for other code."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kasparro.cli import wiring
from kasparro.core.errors import BadRequestError, ConfigurationError
from kasparro.sandbox.app import create_sandbox
from kasparro.sandbox.faults.control import CONTROL
from kasparro.sandbox.faults.reading import read_script
from kasparro.sandbox.faults.script import Script
from kasparro.sandbox.server import serve

SEED = 1
Faults = Annotated[
    Path | None, typer.Option("--faults", metavar="FILE", help="A fault script: docs/faults.md.")
]
DEMO_INTERVAL_MINUTES = "5"


def add_to(app: typer.Typer) -> None:
    app.command()(sandbox)


def sandbox(
    *,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="Freeze the market, as 2026-05-18T12:00:00Z.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another market.")] = SEED,
    host: Annotated[
        str, typer.Option(help="Address to listen on; other machines reach 0.0.0.0.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0: any free port.")] = 8899,
    faults: Faults = None,
) -> None:
    """Serve simulated CoinPaprika and CoinGecko, the same bytes for the same seed and time."""
    script = read_faults(faults)
    stop = threading.Event()
    wiring.stop_on_signals(stop)
    simulated = create_sandbox(seed=seed, clock=_clock(at), traffic_clock=_now, script=script)
    try:
        with serve(simulated, host=host, port=port) as addresses:
            typer.echo(f"COINPAPRIKA_API_URL={addresses.coinpaprika}")
            typer.echo(f"COINGECKO_API_URL={addresses.coingecko}")
            typer.echo("KASPARRO_SIMULATED=on")
            typer.echo(f"# faults: curl -T SCRIPT {addresses.home}{CONTROL}")
            stop.wait()
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host} port {port}: {error.strerror};"
            " choose others with --host and --port"
        ) from error


def read_faults(file: Path | None) -> Script | None:
    """The fault script in a file. Raises BadRequestError naming what is wrong with it."""
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestError(f"cannot read the fault script {file}: {error}") from None
    return read_script(text)


@contextmanager
def simulated_sources(script: Script | None = None) -> Iterator[None]:
    """Point this process at simulated sources, and away from everything that is live."""
    with serve(create_sandbox(seed=SEED, clock=_now, script=script)) as addresses:
        for name in ("COINPAPRIKA", "COINGECKO"):
            for setting in ("API_KEY", "PLAN"):
                os.environ[f"{name}_{setting}"] = ""
        os.environ["COINPAPRIKA_API_URL"] = addresses.coinpaprika
        os.environ["COINGECKO_API_URL"] = addresses.coingecko
        os.environ["KASPARRO_SIMULATED"] = "on"
        os.environ.setdefault("KASPARRO_INTERVAL_MINUTES", DEMO_INTERVAL_MINUTES)
        yield


def _now() -> datetime:
    return datetime.now(UTC)


def _clock(at: str | None) -> Callable[[], datetime]:
    if at is None:
        return _now
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise BadRequestError(f"--at {at!r} is no time: write it as 2026-05-18T12:00:00Z") from None
    frozen = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return lambda: frozen
