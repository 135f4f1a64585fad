"""`kasparro up`, `serve` and `worker`: the processes that stay."""

import asyncio
import socket
import sys
import threading
from contextlib import nullcontext
from typing import Annotated

import structlog
import typer
import uvicorn

from kasparro import __version__
from kasparro.api.app import ApiSettings, SourceFacts, create_app
from kasparro.cli import wiring
from kasparro.cli.alive import require_worker
from kasparro.cli.reach import warn_of_terms
from kasparro.cli.sandbox import Faults, read_faults, simulated_sources
from kasparro.core.errors import (
    BadRequestError,
    ConfigurationError,
    UnavailableError,
)
from kasparro.ingestion.sources import BY_NAME
from kasparro.settings import Settings
from kasparro.store.reading.database import Database

ASK_AGAIN_SECONDS = 2.0
SHUTDOWN_SECONDS = 3

log = structlog.get_logger()


def add_to(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(serve)
    app.command()(worker)


def up(
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="With simulated sources, marked as such.")
    ] = False,
    faults: Faults = None,
) -> None:
    """Serve the API and keep every source up to date, in one process."""
    if faults is not None and not sandbox:
        raise BadRequestError("--faults is for simulated sources: kasparro up --sandbox --faults …")
    with simulated_sources(read_faults(faults)) if sandbox else nullcontext():
        _run_server(wiring.start(), with_worker=True)


def serve() -> None:
    """Serve the API only; a worker elsewhere brings the prices."""
    _run_server(wiring.start(), with_worker=False)


def worker(
    *,
    alive: Annotated[
        bool, typer.Option("--alive", help="Only say whether one is at work on this host.")
    ] = False,
) -> None:
    """Keep every source up to date; serve nothing."""
    settings = wiring.start()
    if alive:
        url = wiring.url_if_running(settings)
        if url is None:
            raise UnavailableError("no worker is at work: the embedded PostgreSQL is not running")
        typer.echo(require_worker(url))
        return
    stop = threading.Event()
    wiring.stop_on_signals(stop)
    with wiring.migrated(settings) as url:
        wiring.worker(settings, url, stop).work()


def _run_server(settings: Settings, *, with_worker: bool) -> None:
    listener = _listen(settings)
    database = Database()
    app = create_app(
        sources=[
            SourceFacts(
                name=source.name,
                homepage=source.homepage,
                interval=wiring.source_interval(settings, source.name),
                swept_every=wiring.swept_every(settings, source.name),
                terms=source.terms,
            )
            for source in BY_NAME.values()
        ],
        settings=ApiSettings(
            public_read=settings.public_read,
            admin_key=settings.admin_key.get_secret_value() if settings.admin_key else None,
            version=__version__,
            simulated=settings.simulated,
        ),
        database=database,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            server_header=False,
        )
    )
    backstage = Backstage(settings, database, server, with_worker=with_worker)
    _say_where(*listener.getsockname()[:2], simulated=settings.simulated)
    if settings.public_read:
        warn_of_terms(settings.api_host)
    with asyncio.Runner() as runner:
        runner.run(backstage.play(listener))
    if backstage.error is not None:
        raise backstage.error


def _say_where(host: str, port: int, *, simulated: bool) -> None:
    """A line for the person at the terminal; where a machine reads, one it can read."""
    if not sys.stderr.isatty():
        log.info("listening", host=host, port=port, version=__version__, simulated=simulated)
        return
    mark = ", SIMULATED PRICES" if simulated else ""
    typer.echo(f"kasparro {__version__} on http://{host}:{port}{mark}  (Ctrl-C stops it)", err=True)


class Backstage:
    """Brings the database up behind a server that already answers, and works until it stops."""

    def __init__(
        self, settings: Settings, database: Database, server: uvicorn.Server, *, with_worker: bool
    ) -> None:
        self.error: Exception | None = None
        self._settings = settings
        self._database = database
        self._server = server
        self._with_worker = with_worker
        self._stop = threading.Event()

    async def play(self, listener: socket.socket) -> None:
        """Serve until a signal, or until the database refuses us for good or we have a defect."""
        wiring.stop_on_signals(self._stop)  # uvicorn hands its signals on when it is done
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._work, args=(loop,), name="backstage")
        thread.start()
        try:
            await self._server.serve(sockets=[listener])
        finally:
            self._stop.set()
            await self._database.close()
            await asyncio.to_thread(thread.join)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stop.is_set():
            try:
                self._work_with_database(loop)
            except UnavailableError as error:
                log.warning("waiting for the database", reason=str(error))
                self._stop.wait(ASK_AGAIN_SECONDS)
            except Exception as error:  # noqa: BLE001  # said on the way out: deaf is worse than gone
                self.error = error
                self._server.should_exit = True
                return

    def _work_with_database(self, loop: asyncio.AbstractEventLoop) -> None:
        with wiring.migrated(self._settings) as url:
            asyncio.run_coroutine_threadsafe(self._database.open(url), loop).result()
            log.info("database ready")
            if self._with_worker:
                wiring.worker(self._settings, url, self._stop).work()
            else:
                self._stop.wait()


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else. Raises ConfigurationError when it is busy."""
    family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
    # Only with the protocol named does asyncio send small answers at once (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.api_host, settings.api_port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on {settings.api_host}:{settings.api_port}: {error.strerror};"
            " set API_PORT to a free port"
        ) from error
    return listener
