"""A source that tells us to slow down is waited for, within our patience."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coins, ticker

OK = as_json([ticker()])
LIMITED = {"status": {"error_code": 429, "error_message": "You've exceeded the Rate Limit."}}


def text(body: str, status: int = 429, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body.encode(), status, {"Content-Type": "text/plain"} | named)


def error_of(report: Any) -> str:
    return str(report.error_message)


def test_a_wait_the_source_asks_for_is_waited_each_time(home: House) -> None:
    limited = as_json({"error": "you have reached maximum request limit"}, 429, Retry_After="7")
    home.providers["coinpaprika"].script(limited, limited, OK)
    report = home.sweep("coinpaprika")
    assert (report.status, report.retries, report.waits) == ("success", 2, 2)
    assert len(home.clock.slept) == 2
    assert all(7 <= seconds < 8.1 for seconds in home.clock.slept)
    assert float(report.wait_seconds) == pytest.approx(sum(home.clock.slept))
    assert len(home.providers["coinpaprika"].asked) == 3


def dressings(now: datetime) -> list[tuple[Reply, float]]:
    """Rate limits as they are met in the wild, and the least that has to be waited for each."""
    in_http = f"{now + timedelta(seconds=20):%a, %d %b %Y %H:%M:%S} GMT"
    reset = f"{now + timedelta(seconds=30):%Y-%m-%d %H:%M:%S} +0000"
    return [
        (as_json(LIMITED, 429, Retry_After="20"), 20),
        (as_json(LIMITED, 429, Retry_After=in_http), 19),
        (as_json(LIMITED, 429, x_ratelimit_reset=reset), 29),
        (as_json(LIMITED, 429, Retry_After="soon"), 7.5),
        (as_json(LIMITED, 429), 7.5),
        (as_json(LIMITED, 200), 7.5),
        (as_json({"error": "you have reached maximum request limit"}, 429), 7.5),
        (text("Throttled"), 7.5),
        (text("error code: 1015"), 7.5),
        (text("", 429), 7.5),
    ]


def test_a_rate_limit_is_waited_out_in_whatever_dress_it_comes(home: House) -> None:
    for number, (_, least) in enumerate(dressings(home.clock.now())):
        home.clock.slept.clear()
        home.providers["coinpaprika"].script(dressings(home.clock.now())[number][0], OK)
        report = home.sweep("coinpaprika")
        assert (report.status, report.retries) == ("success", 1)
        assert home.clock.slept[0] >= least
    assert home.value("select count(*) from raw_crypto_data") == 1


def test_a_source_that_always_tells_us_to_slow_down_is_given_up_within_our_patience(
    home: House,
) -> None:
    home.providers["coinpaprika"].answer = lambda _: as_json(LIMITED, 429, Retry_After="70")
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert sum(home.clock.slept) <= home.engine.patience.total_seconds()
    assert len(home.providers["coinpaprika"].asked) == 5
    assert "429" in error_of(report)
    assert "gave up after 28" in error_of(report)
    assert "allows 300 s" in error_of(report)


def test_a_wait_longer_than_our_patience_is_not_begun(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: as_json(LIMITED, 429, Retry_After="3600")
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert home.clock.slept == []
    assert len(home.providers["coinpaprika"].asked) == 1
    assert "3600 s" in error_of(report)


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_too_long_for_one_run_is_kept_by_the_runs_that_follow(
    home: House, status: int
) -> None:
    paprika = home.providers["coinpaprika"]
    paprika.script(as_json({}, status, Retry_After="3600"), OK)
    home.sweep("coinpaprika")
    home.clock.tick(minutes=5)
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "before 2026-05-18 13:00 UTC" in error_of(report)
    assert len(paprika.asked) == 1
    home.clock.tick(minutes=55)
    assert home.sweep("coinpaprika").status == "success"


def test_no_source_can_keep_us_away_for_longer_than_a_day(home: House) -> None:
    paprika = home.providers["coinpaprika"]
    paprika.script(as_json({}, 429, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"), OK)
    assert home.sweep("coinpaprika").status == "failed"
    home.clock.tick(days=1)
    assert home.sweep("coinpaprika").status == "success"


def test_a_source_that_says_wait_no_time_is_not_asked_without_end(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: as_json(LIMITED, 429, Retry_After="0")
    assert home.sweep("coinpaprika").status == "failed"
    assert len(home.providers["coinpaprika"].asked) <= 10


def test_our_patience_is_the_runs_and_not_each_pages(home: House) -> None:
    gecko = home.providers["coingecko"]
    refused: set[str] = set()

    def answer(asked: Asked) -> Reply:
        page = asked.params["page"]
        if page not in refused:
            refused.add(page)
            return as_json(LIMITED, 429, Retry_After="120")
        return as_json(coins(250 * int(page), 250))

    gecko.answer = answer
    assert home.sweep("coingecko").status == "failed"
    assert sum(home.clock.slept) <= home.engine.patience.total_seconds()
    assert home.checkpoint("coingecko")[0] == {"page": 3, "of": 4}


def test_while_one_run_waits_nobody_else_asks_that_source(database_url: str) -> None:
    with house(database_url) as home, house(database_url) as other:
        other.providers["coinpaprika"].answer = lambda _: OK
        waited = []

        def answer(_: Asked) -> Reply:
            if len(home.providers["coinpaprika"].asked) > 1:
                other.clock.time = home.clock.time - timedelta(seconds=5)
                other.sweep("coinpaprika", "coins")
                waited.extend(other.clock.slept)
                return OK
            return as_json(LIMITED, 429, Retry_After="60")

        home.providers["coinpaprika"].answer = answer
        assert home.sweep("coinpaprika").status == "success"
        assert waited == [pytest.approx(5)]


def test_a_pause_longer_than_our_patience_says_that_the_source_asked_for_it(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: OK
    home.connection.execute(
        "insert into call_pauses values ('coinpaprika', '2026-05-18 13:00Z', 'told')"
    )
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "before 2026-05-18 13:00 UTC" in error_of(report)
    assert "told us to wait" in error_of(report)
    assert home.providers["coinpaprika"].asked == []
