"""The simulated servers count calls and credits as the real ones do."""

from datetime import timedelta

import pytest

from kasparro.core.limits import Limit
from kasparro.ingestion.sources import coingecko, coinpaprika
from kasparro.sandbox.coingecko.plans import DEMO as DEMO_PLAN
from kasparro.sandbox.coingecko.plans import KEYLESS
from kasparro.sandbox.coinpaprika.plans import FREE
from kasparro.sandbox.limits import Traffic
from kasparro.sandbox.wire import Caller, Plan
from support.sandbox import BASIC, DEMO, START, Visitor

PING = "/coingecko/api/v3/ping"
PRO_PING = "/coingecko-pro/api/v3/ping"
PLATFORMS = "/coinpaprika/v1/contracts"


@pytest.fixture
def standing():
    """A visitor whose wall clock stands still until the test moves it."""
    visitor = Visitor(wall_step=timedelta())
    visitor.wall = START.replace(second=20)
    return visitor


class Counter:
    """A wall clock beside the traffic it belongs to."""

    def __init__(self):
        self.now = START.replace(second=30, microsecond=500_000)
        self.traffic = Traffic(lambda: self.now)

    def served(self, caller, calls):
        return sum(not self.traffic.wait(caller) for _ in range(calls))


def plan(*limits):
    return Caller("me", Plan(name="test", limits=limits))


def test_without_a_key_coingecko_answers_fifteen_times_a_minute(standing):
    answers = [standing.ask(PING) for _ in range(17)]
    assert [answer.status_code for answer in answers] == [200] * 15 + [429] * 2
    refused = answers[-1]
    assert refused.json()["status"]["error_code"] == 429
    assert "Rate Limit" in refused.json()["status"]["error_message"]
    assert refused.headers["retry-after"] == "40"
    standing.wall += timedelta(seconds=40)
    assert standing.ask(PING).status_code == 200


def test_a_demo_key_allows_a_hundred_calls_a_minute_beside_those_without_a_key(standing):
    statuses = [standing.ask(PING, headers=DEMO).status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]
    assert standing.ask(PING).status_code == 200


def test_coinpaprika_answers_ten_times_a_second_and_does_not_say_when_again(standing):
    standing.wall = standing.wall.replace(microsecond=600_000)
    answers = [standing.ask(PLATFORMS) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].json() == {"error": "you have reached maximum request limit"}
    assert "retry-after" not in answers[-1].headers
    standing.wall += timedelta(seconds=1)
    assert standing.ask(PLATFORMS).status_code == 200


def test_limits_go_on_while_the_market_stands_still(standing):
    for _ in range(16):
        last = standing.ask(PING)
    assert last.status_code == 429
    standing.wall += timedelta(minutes=1)
    assert standing.ask(PING).status_code == 200
    assert standing.now == START


def test_a_call_that_was_on_its_way_counts_for_the_window_it_left_in():
    counter, caller = Counter(), plan(Limit(10, "second"))
    assert counter.served(caller, 8) == 8
    counter.now = counter.now.replace(second=31, microsecond=50_000)
    assert counter.served(caller, 20) == 12
    counter.now = counter.now.replace(microsecond=900_000)
    assert counter.served(caller, 1) == 0


@pytest.mark.parametrize("shift_ms", range(0, 1000, 130))
@pytest.mark.parametrize(
    "ours, theirs",
    [
        (coinpaprika.SOURCE.plans["free"], FREE),
        (coingecko.SOURCE.plans["keyless"], KEYLESS),
        (coingecko.SOURCE.plans["demo"], DEMO_PLAN),
    ],
)
def test_whoever_keeps_to_our_connectors_limits_is_never_refused(ours, theirs, shift_ms):
    counter, caller = Counter(), Caller("me", theirs)
    lengths = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1)}
    for limit in ours.limits:
        if limit.window not in lengths:
            continue
        counter.now = START.replace(second=0) + timedelta(milliseconds=shift_ms)
        for _ in range(5):
            at_the_end = counter.now
            assert counter.served(caller, limit.calls) == limit.calls
            counter.now = at_the_end + lengths[limit.window]


def test_the_month_is_over_when_its_credits_are_and_starts_anew():
    counter, caller = Counter(), plan(Limit(3, "month"))
    for _ in range(3):
        assert counter.traffic.has_credit(caller)
        counter.traffic.spend(caller)
    assert not counter.traffic.has_credit(caller)
    assert counter.traffic.spent(caller) == 3
    counter.now += timedelta(days=31)
    assert counter.traffic.has_credit(caller)


def test_spent_credits_are_refused_by_each_source_in_its_own_way():
    visitor = Visitor()
    traffic = visitor.sandbox._edges["/coinpaprika/v1"]._traffic
    for caller, calls in (
        (Caller("coinpaprika testclient", FREE), 20_000),
        (Caller("coingecko CG-sandbox-demo-1a2b3c", DEMO_PLAN), 10_000),
    ):
        for _ in range(calls):
            traffic.spend(caller)
    paprika, gecko = visitor.ask(PLATFORMS), visitor.ask(PING, headers=DEMO)
    assert paprika.status_code == 402
    assert "not allowed in this plan" not in paprika.json()["error"]
    assert gecko.status_code == 429
    assert "retry-after" not in gecko.headers


def test_only_answers_that_succeed_cost_credits():
    visitor = Visitor()
    for path in ("/coingecko-pro/api/v3/coins/nobody", PRO_PING, PRO_PING):
        visitor.ask(path, headers=BASIC)
    used = visitor.ask("/coingecko-pro/api/v3/key", headers=BASIC).json()
    assert used["current_total_monthly_calls"] == 2
    assert used["current_remaining_monthly_calls"] == 99_998
    assert used["rate_limit_request_per_minute"] == 300


def test_counting_for_years_does_not_fill_the_memory():
    counter, caller = Counter(), plan(Limit(1, "second"))
    for _ in range(10_500):
        counter.now += timedelta(seconds=1)
        assert not counter.traffic.wait(caller)
    assert len(counter.traffic._calls) < 10_001
