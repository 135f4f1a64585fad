"""The edge of the simulated servers: marks, caches, conditions, slashes, packing."""

import gzip
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from kasparro.sandbox.app import SIMULATED
from support.sandbox import BUSINESS, DEMO, START, STARTER, Visitor

ANY_ANSWER = [
    ("/", 200),
    ("/nowhere", 404),
    ("/coinpaprika/v1/coins", 200),
    ("/coinpaprika/v1/nowhere", 404),
    ("/coinpaprika/v1/coins/", 301),
    ("/coinpaprika/v1/tickers/nobody", 404),
    ("/coinpaprika-pro/v1/coins", 403),
    ("/coingecko/api/v3/ping", 200),
    ("/coingecko/api/v3/coins/markets", 422),
    ("/coingecko-pro/api/v3/ping", 401),
]


@pytest.mark.parametrize("path, status", ANY_ANSWER)
def test_every_answer_says_that_it_is_simulated(visitor, path, status):
    answer = visitor.ask(path)
    assert answer.status_code == status
    assert answer.headers[SIMULATED] == "true"


def test_the_home_page_names_every_simulated_host(visitor):
    assert visitor.ask("/").json() == {
        "simulated": True,
        "coinpaprika": "/coinpaprika/v1",
        "coinpaprika-pro": "/coinpaprika-pro/v1",
        "coingecko": "/coingecko/api/v3",
        "coingecko-pro": "/coingecko-pro/api/v3",
    }


def test_only_reading_is_possible(visitor):
    answer = visitor._client.post("/coingecko/api/v3/ping")
    assert answer.status_code == 405
    assert answer.headers[SIMULATED] == "true"


def test_head_answers_like_get_without_the_body(visitor):
    answer = visitor._client.head("/coingecko/api/v3/ping")
    assert answer.status_code == 200
    assert answer.content == b""
    assert "etag" in answer.headers


def test_coinpaprika_sends_a_time_and_no_etag(visitor):
    headers = visitor.paprika("/tickers").headers
    made = parsedate_to_datetime(headers["last-modified"])
    age = timedelta(seconds=int(headers["age"]))
    assert headers["content-type"] == "application/json; charset=UTF-8"
    assert headers["cache-control"].startswith("public, max-age=60, s-maxage=60")
    assert parsedate_to_datetime(headers["date"]) == START
    assert made + age == START
    assert timedelta() <= age < timedelta(seconds=60)
    assert "etag" not in headers


def test_coingecko_sends_an_etag_and_no_time(visitor):
    headers = visitor.gecko("/coins/markets", vs_currency="usd").headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["etag"].startswith('W/"')
    assert headers["cache-control"] == "max-age=30, public, must-revalidate, s-maxage=60"
    assert headers["access-control-allow-origin"] == "*"
    assert "last-modified" not in headers
    assert not any(name.startswith("x-ratelimit") for name in headers)


def test_an_answer_stays_the_same_for_a_minute_and_then_moves_on(visitor):
    first = visitor.paprika("/tickers/btc-bitcoin")
    left = timedelta(seconds=60 - int(first.headers["age"]))
    visitor.now += left - timedelta(seconds=1)
    kept = visitor.paprika("/tickers/btc-bitcoin")
    visitor.now += timedelta(minutes=5)
    fresh = visitor.paprika("/tickers/btc-bitcoin")
    assert kept.content == first.content
    assert kept.headers["last-modified"] == first.headers["last-modified"]
    assert kept.headers["age"] == "59"
    assert fresh.content != first.content
    assert fresh.headers["last-modified"] != first.headers["last-modified"]


def test_coinpaprika_says_not_modified_by_time_until_it_has_something_new(visitor):
    path = "/coinpaprika/v1/tickers"
    first = visitor.ask(path)
    known = {"If-Modified-Since": first.headers["last-modified"]}
    same = visitor.ask(path, headers=known)
    visitor.now += timedelta(seconds=61)
    fresh = visitor.ask(path, headers=known)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["last-modified"] == first.headers["last-modified"]
    assert same.headers[SIMULATED] == "true"
    assert fresh.status_code == 200


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
def test_coingecko_says_not_modified_by_etag_until_it_has_something_new(visitor, form):
    path = "/coingecko/api/v3/coins/markets"
    first = visitor.ask(path, vs_currency="usd")
    known = {"If-None-Match": form.format(first.headers["etag"])}
    same = visitor.ask(path, headers=known, vs_currency="usd")
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == first.headers["etag"]
    if form != "*":
        visitor.now += timedelta(seconds=200)
        assert visitor.ask(path, headers=known, vs_currency="usd").status_code == 200


@pytest.mark.parametrize("nonsense", ["", "yesterday", "Mon, 99 Foo 2026 99:99:99 GMT", '"x"'])
def test_a_condition_that_says_nothing_is_ignored(visitor, nonsense):
    headers = {"If-Modified-Since": nonsense, "If-None-Match": nonsense}
    assert visitor.ask("/coinpaprika/v1/coins", headers=headers).status_code == 200
    assert visitor.ask("/coingecko/api/v3/ping", headers=headers).status_code == 200


def test_large_answers_are_packed_for_those_who_can_unpack(visitor):
    path = "/coinpaprika/v1/tickers"
    packed = visitor.ask(path, headers={"Accept-Encoding": "gzip"})
    plain = visitor.ask(path, headers={"Accept-Encoding": "identity"})
    small = visitor.ask("/coingecko/api/v3/ping", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.content == plain.content
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in small.headers
    assert gzip.compress(plain.content, 1, mtime=0) == gzip.compress(packed.content, 1, mtime=0)


def test_coinpaprika_moves_a_slash_away_and_keeps_the_question(visitor):
    answer = visitor.paprika("/tickers/btc-bitcoin/", quotes="USD")
    assert answer.status_code == 301
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["location"] == "/coinpaprika/v1/tickers/btc-bitcoin?quotes=USD"
    assert "Moved Permanently" in answer.text


def test_coingecko_takes_a_path_with_and_without_a_slash(visitor):
    for path in ("/coins/bitcoin", "/coins/list", "/simple/supported_vs_currencies"):
        assert visitor.gecko(path + "/").content == visitor.gecko(path).content


def test_an_address_that_is_too_long_is_refused(visitor):
    ids = ",".join(f"coin-{n}" for n in range(1200))
    answer = visitor.gecko("/coins/markets", vs_currency="usd", ids=ids)
    assert answer.status_code == 414
    assert answer.headers["content-type"].startswith("text/plain")


def test_one_plan_never_sees_what_was_kept_for_another(visitor):
    path = "/coinpaprika-pro/v1/coins/btc-bitcoin/ohlcv/historical"
    params = {"start": "2026-10-01", "interval": "1h"}
    assert visitor.ask(path, headers=BUSINESS, **params).status_code == 200
    assert visitor.ask(path, headers=STARTER, **params).status_code == 400
    path = "/coingecko/api/v3/simple/token_price/ethereum"
    addresses = ",".join(f"0x{n:040x}" for n in range(11))
    params = {"contract_addresses": addresses, "vs_currencies": "usd"}
    assert visitor.ask(path, headers=DEMO, **params).status_code == 200
    assert visitor.ask(path, **params).status_code == 400


def test_pages_of_one_moment_hold_every_coin_once():
    visitor = Visitor(seed=5)
    ids = []
    for page in range(1, 12):
        coins = visitor.gecko("/coins/markets", vs_currency="usd", per_page=250, page=page).json()
        ids += [coin["id"] for coin in coins]
    assert len(ids) == len(set(ids))
    assert len(ids) > 2000
