"""A clock that says what the test says, and whose sleeping takes no time."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 5, 18, 12, 0, tzinfo=UTC)


class FakeClock:
    """`core.clock.Clock`; `slept` are the seconds somebody asked to sleep."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)

    def tick(self, **duration: float) -> None:
        self.time += timedelta(**duration)
