"""A worker in a process of its own, on a database that may not even have a schema yet."""

import signal
import sys
import threading
from datetime import timedelta

from kasparro.ingestion.worker import Worker
from kasparro.store.migrate import migrate
from support.sweeper import engine


def work(url: str, provider_url: str) -> None:
    """Work until told to stop."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    migrate(url)
    own = engine(url, provider_url, stop)
    Worker(engine=own, name="labour", interval=lambda *_: timedelta(hours=1), stop=stop).work()


if __name__ == "__main__":
    work(*sys.argv[1:])
