"""How long to wait before asking again. Pure: the random draw is a parameter."""

from datetime import timedelta

FIRST = timedelta(seconds=1)
LONGEST = timedelta(seconds=20)
RATE_LIMITED_FIRST = timedelta(seconds=15)
RATE_LIMITED_LONGEST = timedelta(seconds=120)


def pause_after(
    attempt: int, *, draw: float, rate_limited: bool, retry_after: timedelta | None
) -> timedelta:
    """Exponential backoff with jitter after failed attempt 1, 2, …; never less than asked for.

    `draw` is uniform in [0, 1). A source that told us to slow down without saying for how long
    gets a calendar minute in the long run: its windows are minutes.
    """
    if retry_after is not None:
        return retry_after + timedelta(seconds=draw)
    first = RATE_LIMITED_FIRST if rate_limited else FIRST
    longest = RATE_LIMITED_LONGEST if rate_limited else LONGEST
    full = min(first * (1 << min(attempt - 1, 16)), longest)
    return full / 2 + full / 2 * draw
