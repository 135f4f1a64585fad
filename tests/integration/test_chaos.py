"""The real pipeline against sources that go wrong, and what is left when they are well again."""

from collections.abc import Iterator
from typing import Any

import pytest

from kasparro.cli.chaos.case import Outcome, play
from kasparro.cli.chaos.rig import Rig
from kasparro.cli.chaos.soak import play_round
from kasparro.sandbox.faults.script import Rule, Script
from kasparro.sandbox.server import serve
from support.databases import copy_of

MARKETS = {"source": "coingecko", "path": "/coins/markets"}
TICKERS = {"source": "coinpaprika"}


@pytest.fixture(scope="module")
def rig(server_url: str, template: str) -> Iterator[Rig]:
    """One settled database for all of these tests; each plays in a copy of it."""
    with copy_of(server_url, template) as url:
        own = Rig(url, seed=1)
        with serve(own.sandbox) as at:
            own.settle(at)
            yield own


def played(rig: Rig, fault: Any, **rule: Any) -> Outcome:
    """What a fault did, once it is certain that nothing was lost, doubled or left half done."""
    outcome = play(rig, Rule.model_validate({"fault": fault} | rule), seed=1)
    assert outcome.met > 0, "the fault was never met"
    assert outcome.broken == []
    return outcome


def test_a_connection_that_breaks_for_a_while_costs_retries_and_nothing_else(rig: Rig) -> None:
    outcome = played(rig, "reset_in_body", **MARKETS, calls="2-3")
    (report,) = outcome.reports
    assert (report.status, report.quarantined, outcome.untrue) == ("success", 0, 0)
    assert report.retries >= outcome.met == 2
    assert report.wait_seconds > 0


def test_a_source_that_says_until_when_to_wait_is_waited_for_at_least_that_long(rig: Rig) -> None:
    fault = {"name": "rate_limited_date", "seconds": 40}
    outcome = played(rig, fault, **MARKETS, calls="2-3")
    (report,) = outcome.reports
    assert report.status == "success"
    assert report.wait_seconds >= 2 * 38  # a date has no fraction of a second
    assert outcome.untrue == 0


@pytest.mark.parametrize(
    "fault, rule, said",
    [
        ("server_error", MARKETS | {"calls": "2-"}, "HTTP 502"),
        ("key_invalid", TICKERS, "Check COINPAPRIKA_API_KEY"),
    ],
)
def test_a_source_that_does_not_come_back_fails_its_run_with_the_reason_and_the_next_one_goes_on(
    rig: Rig, fault: str, rule: dict[str, Any], said: str
) -> None:
    outcome = played(rig, fault, **rule)
    (report,) = outcome.reports
    assert report.status == "failed"
    assert said in str(report.error_message)
    assert outcome.untrue == 0


def test_records_that_cannot_be_read_are_quarantined_and_their_neighbours_stored(rig: Rig) -> None:
    fault = {"name": "not_a_number", "field": "current_price", "share": 0.2}
    outcome = played(rig, fault, **MARKETS)
    (report,) = outcome.reports
    assert report.status == "partial"
    assert 0 < report.quarantined < report.new
    assert outcome.untrue == 0


def test_a_page_that_comes_twice_loses_nothing_that_the_next_sweep_shows(rig: Rig) -> None:
    outcome = played(rig, "other_page", **MARKETS, calls="2")
    (report,) = outcome.reports
    assert (report.status, report.quarantined, outcome.untrue) == ("success", 0, 0)


def test_a_worker_killed_amid_several_faults_leaves_what_an_undisturbed_one_leaves(
    rig: Rig,
) -> None:
    rules = [
        {"fault": "reset_in_body"},
        {"fault": "rate_limited_seconds"},
        {"fault": {"name": "latency", "seconds": 0.3}},
    ]
    script = Script.model_validate({"rules": rules})
    done = play_round(rig, script, seed=1, number=1)
    assert done.broken == []
