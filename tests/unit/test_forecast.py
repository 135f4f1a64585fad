"""How much room a year takes: by what happened where enough did, else by what is configured."""

from datetime import timedelta

import pytest

from kasparro.core.forecast import Pace, bytes_per_year

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def pace(**changes) -> Pace:
    return Pace(**({"sweeps": 2, "rows": 20, "payload_bytes": 800, "since": 3 * HOUR} | changes))


def forecast(own: Pace, *, interval: timedelta | None = HOUR, kept: timedelta | None = None):
    return bytes_per_year(own, row_bytes=10, interval=interval, kept=kept)


def test_of_a_young_installation_a_sweep_is_multiplied_by_the_configured_number_of_sweeps():
    assert forecast(pace()) == 500 * 24 * 365
    assert forecast(pace(), interval=DAY) == 500 * 365
    assert not pace().known


def test_of_an_older_one_the_days_so_far_are_multiplied_whatever_is_configured():
    old = pace(since=4 * DAY)
    assert old.known
    assert forecast(old) == forecast(old, interval=DAY) == forecast(old, interval=None)
    assert forecast(old) == pytest.approx(1000 / 4 * 365)


def test_a_young_source_that_only_runs_when_asked_takes_nothing_by_itself():
    assert forecast(pace(), interval=None) == 0


def test_what_is_kept_for_a_month_takes_the_room_of_a_month():
    assert forecast(pace(), kept=30 * DAY) == 500 * 24 * 30
    assert forecast(pace(), kept=4000 * DAY) == forecast(pace())
