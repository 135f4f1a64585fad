"""A clock on which waiting takes no time: what a run waits for has come when it looks again."""

import time
from datetime import datetime, timedelta


class SkippingClock:
    """`core.clock.Clock`, begun at an instant; it goes on by itself, and by whatever is slept."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = time.monotonic()
        self._skipped = timedelta()

    def now(self) -> datetime:
        passed = timedelta(seconds=time.monotonic() - self._began)
        return self._start + passed + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += timedelta(seconds=seconds)
