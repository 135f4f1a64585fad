"""How much room a year will take, by what the sweeps so far took."""

from dataclasses import dataclass
from datetime import timedelta

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
LONG_ENOUGH = 2 * DAY  # after that what happened says more than what is configured


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the sweeps of one stream wrote lately; `since` is how long ago the first of them was."""

    sweeps: int
    rows: int
    payload_bytes: int  # as stored
    since: timedelta

    @property
    def known(self) -> bool:
        """Whether it ran long enough to go by what happened."""
        return self.since >= LONG_ENOUGH


def bytes_per_year(
    pace: Pace, *, row_bytes: float, interval: timedelta | None, kept: timedelta | None
) -> float:
    """What its sweeps of a year leave behind; `interval` None: only those that were asked for.

    Of a stream whose rows are `kept` for less than a year only what is there at its end counts.
    """
    written = pace.rows * row_bytes + pace.payload_bytes
    if pace.known:
        per_day = written / (pace.since / DAY)
    elif interval is None:
        per_day = 0.0
    else:
        per_day = written / pace.sweeps * (DAY / interval)
    days = (min(YEAR, kept) if kept is not None else YEAR) / DAY
    return per_day * days
