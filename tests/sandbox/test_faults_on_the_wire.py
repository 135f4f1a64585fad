"""What a client gets of each fault, over real connections."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from kasparro.sandbox.app import create_sandbox
from kasparro.sandbox.faults.reading import read_script
from kasparro.sandbox.server import Addresses, serve
from support.clock import FakeClock

PAGE = "/coins/markets?vs_currency=usd"
SOON = 60


class Place:
    """A sandbox that listens, its clock, and a client of it."""

    def __init__(self, at: Addresses, clock: FakeClock, load: Callable[[str], None]) -> None:
        self.at = at
        self.clock = clock
        self.load = load
        self.client = httpx2.Client(timeout=30)

    def fault(self, name: str, **parameters: Any) -> None:
        self.load(json.dumps({"rules": [{"fault": {"name": name} | parameters}]}))

    def gecko(self, path: str = PAGE, **headers: str) -> httpx2.Response:
        return self._get(self.at.coingecko + path, headers)

    def paprika(self, path: str = "/tickers/btc-bitcoin") -> httpx2.Response:
        return self._get(self.at.coinpaprika + path, {})

    def _get(self, url: str, headers: dict[str, str]) -> httpx2.Response:
        self.clock.tick(minutes=1)  # nobody here is over the limits
        return self.client.get(url, headers=headers)


@pytest.fixture(scope="module")
def _served() -> Iterator[Place]:
    clock = FakeClock()
    noon = clock.now()
    sandbox = create_sandbox(seed=1, clock=lambda: noon, traffic_clock=clock.now)
    with serve(sandbox) as at:
        place = Place(at, clock, lambda text: sandbox.faults.load(read_script(text)))
        yield place
        place.client.close()


@pytest.fixture
def place(_served: Place) -> Place:
    _served.load("")
    return _served


@pytest.fixture
def truth(place: Place) -> bytes:
    return place.gecko().content


@pytest.mark.parametrize(
    "name, error",
    [
        ("refuse", httpx2.RemoteProtocolError),
        ("reset_in_body", httpx2.ReadError),
        ("truncated_body", httpx2.RemoteProtocolError),
        ("wrong_length", httpx2.RemoteProtocolError),
        ("corrupt_gzip", httpx2.DecodingError),
    ],
)
def test_an_answer_that_does_not_arrive_whole_is_an_error_and_the_next_one_is_whole(
    place: Place, truth: bytes, name: str, error: type[Exception]
) -> None:
    place.fault(name)
    for _ in range(2):
        with pytest.raises(error):
            place.gecko()
    place.load("")
    assert place.gecko().content == truth


def test_who_hangs_says_nothing_and_lets_go_of_whoever_leaves(place: Place, truth: bytes) -> None:
    place.fault("hang")
    with pytest.raises(httpx2.ReadTimeout):
        place.client.get(place.at.coingecko + PAGE, timeout=0.2)
    place.load("")
    assert place.gecko().content == truth


def test_a_server_stops_at_once_though_a_client_hangs_on_it() -> None:
    clock = FakeClock()
    sandbox = create_sandbox(seed=1, clock=clock.now)
    sandbox.faults.load(read_script('[[rules]]\nfault = "hang"'))
    with httpx2.Client() as client, serve(sandbox) as at:
        with pytest.raises(httpx2.ReadTimeout):
            client.get(at.coingecko + "/ping", timeout=0.2)
        with client.stream("GET", at.home):
            pass


def test_a_closed_port_refuses_connections_until_it_opens_again(place: Place, truth: bytes) -> None:
    place.fault("closed_port", seconds=0.3)
    with pytest.raises(httpx2.ReadError):
        place.gecko()
    with pytest.raises(httpx2.ConnectError, match="refused"):
        place.gecko()
    place.load("")
    give_up = time.monotonic() + SOON
    while True:
        try:
            assert place.gecko().content == truth
        except httpx2.ConnectError:
            assert time.monotonic() < give_up
            time.sleep(0.02)
        else:
            return


def test_a_late_answer_is_the_right_one(place: Place, truth: bytes) -> None:
    place.fault("latency", seconds=0.2)
    began = time.monotonic()
    assert place.gecko().content == truth
    assert time.monotonic() - began >= 0.2


def test_a_content_length_below_the_length_cuts_the_body(place: Place, truth: bytes) -> None:
    place.fault("wrong_length", by=-100)
    raw = {"Accept-Encoding": "identity"}
    assert place.gecko(PAGE, **raw).content == truth[:-100]


@pytest.mark.parametrize(
    "name, status, begins, header",
    [
        ("rate_limited", 429, b'{"status":{"error_code":429,', None),
        ("rate_limited_seconds", 429, b'{"status":{"error_code":429,', ("retry-after", "7")),
        (
            "rate_limited_date",
            429,
            b'{"status":{"error_code":429,',
            ("retry-after", "{now:%a, %d %b %Y %H:%M:%S} GMT"),
        ),
        (
            "rate_limited_reset",
            429,
            b'{"status":{"error_code":429,',
            ("x-ratelimit-reset", "{now:%Y-%m-%d %H:%M:%S} +0000"),
        ),
        ("throttled", 429, b"Throttled", None),
        ("cloudflare_limited", 429, b"error code: 1015", None),
        ("rate_limited_with_200", 200, b'{"status":{"error_code":429,', None),
        ("quota_spent", 402, b'{"error":"you have reached the monthly', None),
        ("plan_too_small", 402, b'{"error":"Getting daily historical data before', None),
        ("key_missing", 401, b'{"status":{"timestamp":', None),
        ("key_invalid", 401, b'{"status":{"error_code":401,', None),
        ("out_of_range", 401, b'{"error":{"status":{"timestamp":', None),
        ("forbidden", 403, b"<!DOCTYPE html>", None),
        ("server_error", 502, b"<!DOCTYPE html>", None),
        ("error_with_200", 200, b'{"error":"internal error"}', None),
        ("page_with_200", 200, b"<!DOCTYPE html>", None),
        ("not_found", 404, b'{"error":"coin not found"}', None),
        ("moved_elsewhere", 301, b"<a href=", ("location", "http://elsewhere.invalid/")),
        ("empty_body", 200, b"", None),
    ],
)
def test_a_refusal_comes_in_the_dressing_it_is_named_after(
    place: Place, name: str, status: int, begins: bytes, header: tuple[str, str] | None
) -> None:
    place.fault(name)
    answer = place.gecko()
    assert answer.status_code == status
    assert answer.content.startswith(begins)
    assert answer.headers["X-Kasparro-Simulated"] == "true"
    if header is None:
        assert not {"retry-after", "x-ratelimit-reset"} & set(answer.headers)
    else:
        until = place.clock.now() + timedelta(seconds=7)
        assert answer.headers[header[0]] == header[1].format(now=until)


def test_coinpaprika_refuses_in_its_own_words(place: Place) -> None:
    for name, status, text in (
        ("rate_limited", 429, "you have reached maximum request limit"),
        ("key_invalid", 403, "invalid api key"),
        ("not_found", 404, "id not found"),
    ):
        place.fault(name)
        answer = place.paprika()
        assert (answer.status_code, answer.json()) == (status, {"error": text})


def test_json_can_end_in_its_middle(place: Place, truth: bytes) -> None:
    place.fault("cut_json", share=0.25)
    assert place.gecko().content == truth[: len(truth) // 4]


def test_another_page_comes_than_was_asked_for(place: Place, truth: bytes) -> None:
    place.fault("other_page")
    assert place.gecko(PAGE + "&page=2").content == truth
    assert place.gecko(PAGE + "&page=1").content == truth


def test_a_changed_answer_is_sent_whole_and_without_the_validators_of_the_right_one(
    place: Place,
) -> None:
    known = {"If-None-Match": place.gecko().headers["ETag"]}
    assert place.gecko(**known).status_code == 304
    place.fault("null_field", field="current_price")
    answer = place.gecko(**known)
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert {row["current_price"] for row in answer.json()} == {None}
    assert place.paprika("/tickers/btc-bitcoin").headers.get("Last-Modified") is None
    place.load("")
    assert place.gecko(**known).status_code == 304


def test_faults_of_one_answer_are_put_on_each_other_even_where_the_first_breaks_the_json(
    place: Place,
) -> None:
    field = "current_price"
    faults = [
        {"name": "not_a_number", "field": field, "share": 0.5},
        {"name": "scaled_number", "field": field, "factor": 0},
        {"name": "time_as_epoch", "field": "name"},
    ]
    place.load(json.dumps({"rules": [{"fault": fault} for fault in faults]}))
    sent = json.loads(place.gecko().content, parse_constant=lambda word: word)
    assert {str(row[field]) for row in sent} == {"NaN", "0.0"}
    place.load('{"rules": [{"fault": "page_with_200"}, {"fault": "empty_list"}]}')
    assert place.gecko().content.startswith(b"<!DOCTYPE html>")
