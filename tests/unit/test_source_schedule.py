"""Which streams a worker starts by itself is for the owner of the installation to say."""

from datetime import timedelta

import pytest

from kasparro.cli import wiring
from kasparro.settings import load_settings


def test_a_source_whose_scheduler_is_off_is_never_due_and_never_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COINGECKO_SCHEDULER", "off")
    settings = load_settings()
    assert wiring.interval(settings, "coingecko", "markets") is None
    assert wiring.interval(settings, "coingecko", "coins") is None
    assert wiring.source_interval(settings, "coingecko") is None
    assert wiring.interval(settings, "coinpaprika", "tickers") == timedelta(hours=1)
    assert wiring.source_interval(settings, "coinpaprika") == timedelta(hours=1)


def test_of_two_bounds_on_how_long_it_is_kept_the_owners_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert wiring.retention("coingecko") is None
    monkeypatch.setenv("COINGECKO_RETENTION_DAYS", "30")
    assert wiring.retention("coingecko") == timedelta(days=30)
    assert wiring.retention("csv") is None
