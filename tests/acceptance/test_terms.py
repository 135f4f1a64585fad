"""`kasparro terms` says whose the numbers are, in words and as data."""

import pytest
from structlog.testing import capture_logs

from kasparro.cli.reach import warn_of_terms
from kasparro.ingestion.sources import BY_NAME
from support.commands import CommandLine


def test_every_source_is_told_with_its_licence_and_attribution(kasparro: CommandLine):
    said = kasparro("terms")
    assert said.code == 0
    for source in BY_NAME.values():
        for word in (source.name, source.terms.licence, source.terms.attribution, source.terms.url):
            assert word in said.out


def test_one_source_is_told_alone(kasparro: CommandLine):
    said = kasparro("terms", "coingecko")
    assert said.out.startswith("coingecko  https://www.coingecko.com\n")
    assert "  redistribution  not allowed\n" in said.out
    assert "  retention       its terms set no bound; kept here for ever" in said.out
    assert "CoinPaprika" not in said.out


@pytest.mark.parametrize("days, words", [("1", "1 day"), ("90", "90 days"), ("3650", "3,650 days")])
def test_how_long_it_is_kept_here_is_told(kasparro: CommandLine, days: str, words: str):
    said = kasparro("terms", "coingecko", COINGECKO_RETENTION_DAYS=days)
    assert f"kept here for {words} (COINGECKO_RETENTION_DAYS)" in said.out
    assert "kept here for ever" in kasparro("terms", "coinpaprika").out


def test_the_terms_are_there_as_json(kasparro: CommandLine):
    documents = kasparro("terms", "--json", COINPAPRIKA_RETENTION_DAYS="30").json()
    assert [one["source"] for one in documents] == ["coingecko", "coinpaprika", "csv"]
    assert [one["retention_days"] for one in documents] == [None, 30, None]
    assert [one["redistribution"] for one in documents] == [False, False, False]


@pytest.mark.parametrize("days", ["0", "-1", "x", "36501"])
def test_a_retention_that_makes_no_sense_refuses_to_start(kasparro: CommandLine, days: str):
    said = kasparro("terms", COINGECKO_RETENTION_DAYS=days)
    assert said.code == 1
    assert "COINGECKO_RETENTION_DAYS" in said.last_line


def test_a_source_nobody_knows_is_refused_with_those_there_are(kasparro: CommandLine):
    said = kasparro("terms", "coingekco")
    assert said.code == 1
    assert (
        "no source is called 'coingekco'; there are coingecko, coinpaprika, csv" in said.last_line
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])  # noqa: S104  # the case
def test_opening_reading_to_other_machines_warns_which_sources_may_not_be_shared(host: str):
    with capture_logs() as said:
        warn_of_terms(host)
    assert said[0]["log_level"] == "warning"
    assert said[0]["may_not_be_shared"] == ["coingecko", "coinpaprika", "csv"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_reading_on_this_machine_alone_warns_of_nothing(host: str):
    with capture_logs() as said:
        warn_of_terms(host)
    assert said == []
