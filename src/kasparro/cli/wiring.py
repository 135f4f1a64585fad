"""Puts the parts together from the settings: the only place that knows all of them."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import structlog

from kasparro.cli.choices import remembered
from kasparro.clock import SystemClock
from kasparro.core.errors import ConfigurationError, UnavailableError
from kasparro.core.source import Options
from kasparro.ingestion.access import Access, Choice, access
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.engine import Engine
from kasparro.ingestion.retention import Retention
from kasparro.ingestion.sources import BY_NAME
from kasparro.ingestion.worker import Worker
from kasparro.log import configure as configure_log
from kasparro.settings import Settings, load_settings, load_source_settings
from kasparro.store import embedded
from kasparro.store.connect import reaching_the_database
from kasparro.store.migrate import migrate

log = structlog.get_logger()

LOOK_AFTER_SECONDS = 2.0
SAMPLES = Path(__file__).parent.parent / "samples"
API_SOURCES = sorted(name for name, source in BY_NAME.items() if source.plans)


def start(*, debug: bool = False) -> Settings:
    """Read the settings and configure the log. Raises ConfigurationError."""
    settings = own_settings()
    for name in API_SOURCES:
        load_source_settings(name)
    configure_log("DEBUG" if debug else settings.log_level)
    return settings


def own_settings() -> Settings:
    """The settings without those of the sources. Raises ConfigurationError."""
    settings = load_settings()
    if settings.simulated:  # simulated and live data never share a database
        settings.data_dir /= "sandbox"
    return settings


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The database's URL while we need it: the given one, or the embedded one held up by us."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with ExitStack() as holding:
        url = holding.enter_context(embedded.hold(settings.data_dir))
        over = threading.Event()
        watch = threading.Thread(target=_revive, args=(settings.data_dir, holding, over))
        watch.start()
        try:
            yield url
        finally:
            over.set()
            watch.join()


def _revive(data_dir: Path, holding: ExitStack, over: threading.Event) -> None:
    """Start the embedded server again when it was killed; it keeps its address."""
    while not over.wait(LOOK_AFTER_SECONDS):
        if embedded.is_running(data_dir):
            continue
        log.warning("the embedded PostgreSQL is gone: starting it again")
        try:
            holding.enter_context(embedded.hold(data_dir))
        except (ConfigurationError, UnavailableError) as error:
            log.warning("cannot start the embedded PostgreSQL", reason=str(error))


@contextmanager
def migrated(settings: Settings) -> Iterator[str]:
    """The same, with today's schema in it."""
    with database(settings) as url, reaching_the_database(url):
        migrate(url, mode=mode(settings))
        yield url


def mode(settings: Settings) -> Literal["live", "sandbox"]:
    """Whose data is it? The two never share a database."""
    return "sandbox" if settings.simulated else "live"


def url_if_running(settings: Settings) -> str | None:
    """The database's URL, without starting it; whether it answers is not said."""
    if settings.database_url is not None or not embedded.is_running(settings.data_dir):
        return settings.database_url
    return embedded.start(settings.data_dir)


def who_we_are() -> str:
    """Names this process for others: in leases, to a person who finds a stream busy."""
    return f"{socket.gethostname()} pid {os.getpid()}"


def engine(
    settings: Settings,
    url: str,
    *,
    stop: threading.Event | None = None,
    desk: Desk | None = None,
) -> Engine:
    """Raises ConfigurationError when a source's settings do not fit together."""
    return Engine(
        url=url,
        sources=BY_NAME,
        access={name: source_access(settings, name) for name in API_SOURCES},
        options={name: Options(top=load_source_settings(name).top) for name in API_SOURCES},
        clock=SystemClock(stop),
        patience=timedelta(seconds=settings.max_wait_seconds),
        lease_duration=lease_duration(settings),
        desk=replace(desk or own_desk(settings), recall=lambda: remembered(url)),
    )


def own_desk(settings: Settings) -> Desk:
    """Where CSV_PATH leads, without what was said about it."""
    return Desk(paths=(settings.csv_path or SAMPLES,))


def source_access(settings: Settings, source: str) -> Access:
    """How one source is asked. Raises ConfigurationError when its settings do not fit together."""
    own = load_source_settings(source)
    choice = Choice(
        simulated=settings.simulated,
        key=own.api_key.get_secret_value() if own.api_key is not None else None,
        plan=own.plan,
        url=own.api_url,
    )
    return access(BY_NAME[source], choice)


def worker(settings: Settings, url: str, stop: threading.Event) -> Worker:
    return Worker(
        engine=engine(settings, url, stop=stop),
        name=who_we_are(),
        interval=lambda source, stream: interval(settings, source, stream),
        scheduler=settings.scheduler,
        retention=Retention(
            kept={name: bound for name in BY_NAME if (bound := retention(name)) is not None}
        ),
        stop=stop,
    )


def lease_duration(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.lease_seconds)


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` on Ctrl-C and on SIGTERM, so that everything ends in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


def source_interval(settings: Settings, source: str) -> timedelta | None:
    """How often a source's prices are swept; None for what may grow old, such as files."""
    if not BY_NAME[source].plans or not load_source_settings(source).scheduler:
        return None
    return _price_interval(settings, source)


def swept_every(settings: Settings, source: str) -> timedelta | None:
    """How often the schedule looks at a source's prices; None: only when somebody asks."""
    if not settings.scheduler or not load_source_settings(source).scheduler:
        return None
    return _price_interval(settings, source)


def interval(settings: Settings, source: str, stream: str) -> timedelta | None:
    """How often a stream is swept; None: only when somebody asks for it."""
    known = BY_NAME[source].stream(stream)
    if not load_source_settings(source).scheduler:
        return None
    if not known.carries_prices:
        return known.interval
    return _price_interval(settings, source)


def retention(source: str) -> timedelta | None:
    """How long what a source said is kept: as its terms and its owner want it; None: for ever."""
    own = load_source_settings(source).retention_days if source in API_SOURCES else None
    bounds = [BY_NAME[source].terms.retention, timedelta(days=own) if own is not None else None]
    return min((bound for bound in bounds if bound is not None), default=None)


def _price_interval(settings: Settings, source: str) -> timedelta:
    own = load_source_settings(source).interval_minutes
    return timedelta(minutes=own if own is not None else settings.interval_minutes)


def check_sources(names: list[str]) -> list[str]:
    """All sources when none is named. Raises ConfigurationError for an unknown one."""
    unknown = [name for name in names if name not in BY_NAME]
    if unknown:
        known = ", ".join(sorted(BY_NAME))
        raise ConfigurationError(f"no source is called {unknown[0]!r}; there are {known}")
    return names or sorted(BY_NAME)
