"""The wall clock: besides the settings, the only thing we take from this machine."""

import threading
from datetime import UTC, datetime

from kasparro.core.errors import StoppedError


class SystemClock:
    """`core.clock.Clock` on the machine's time; whoever sleeps is woken when we stop."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._stop = stop or threading.Event()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Raises StoppedError when we are asked to stop meanwhile."""
        if self._stop.wait(seconds):
            raise StoppedError("stopped by its owner; the next run goes on from the checkpoint")
