"""How long we wait before asking again: longer each time, never in step, never less than asked."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kasparro.core.backoff import LONGEST, RATE_LIMITED_LONGEST, pause_after

DRAWS = st.floats(0, 1, exclude_max=True)
ATTEMPTS = st.integers(1, 10_000)


def seconds(
    attempt: int, *, draw: float, limited: bool = False, asked: float | None = None
) -> float:
    retry_after = None if asked is None else timedelta(seconds=asked)
    pause = pause_after(attempt, draw=draw, rate_limited=limited, retry_after=retry_after)
    return pause.total_seconds()


def test_the_wait_doubles_with_each_attempt_until_it_is_long_enough() -> None:
    assert [seconds(n, draw=0) for n in range(1, 8)] == [0.5, 1, 2, 4, 8, 10, 10]


def test_a_source_that_limits_us_gets_more_time_than_one_that_is_broken() -> None:
    assert [seconds(n, draw=0, limited=True) for n in range(1, 6)] == [7.5, 15, 30, 60, 60]


@given(attempt=ATTEMPTS, draw=DRAWS)
def test_every_wait_lies_between_half_and_the_whole_of_its_step(attempt: int, draw: float) -> None:
    whole = 2 * seconds(attempt, draw=0)
    assert whole / 2 <= seconds(attempt, draw=draw) <= whole <= LONGEST.total_seconds()


@given(attempt=ATTEMPTS, draw=DRAWS)
def test_no_wait_of_our_own_choosing_is_longer_than_two_minutes(attempt: int, draw: float) -> None:
    assert seconds(attempt, draw=draw, limited=True) <= RATE_LIMITED_LONGEST.total_seconds() == 120


def test_two_clients_that_fail_together_do_not_return_together() -> None:
    assert len({seconds(3, draw=draw / 100) for draw in range(100)}) == 100


@given(attempt=ATTEMPTS, draw=DRAWS, asked=st.floats(0, 86_400), limited=st.booleans())
def test_a_wait_that_was_asked_for_is_never_cut_short(
    attempt: int, draw: float, asked: float, *, limited: bool
) -> None:
    waited = seconds(attempt, draw=draw, limited=limited, asked=asked)
    assert timedelta(seconds=waited) >= timedelta(seconds=asked)
