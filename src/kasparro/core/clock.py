"""The clock as a parameter, so that tests can say what time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Our own time; the source's is in its payloads."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...
