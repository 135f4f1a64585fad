"""Each refusal and each broken connection, and which of our errors it becomes. Real HTTP."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, TypeAlias

import httpx2
import pytest

from kasparro.core.error_bodies import classify
from kasparro.core.errors import (
    FatalError,
    KasparroError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    RetryableError,
)
from kasparro.core.source import Request
from kasparro.ingestion.exchange import Endpoint, Exchange
from kasparro.sandbox.app import create_sandbox
from kasparro.sandbox.faults.script import Script
from kasparro.sandbox.server import serve
from support.clock import FakeClock

PATHS = {
    "coingecko": Request(path="/coins/markets", params={"vs_currency": "usd"}),
    "coinpaprika": Request(path="/tickers/btc-bitcoin"),
}
Ask: TypeAlias = Callable[..., KasparroError | None]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """What one request of a source ends in, with a fault or without."""
    clock = FakeClock()
    sandbox = create_sandbox(seed=1, clock=clock.now)
    with (
        serve(sandbox) as at,
        httpx2.Client(timeout=60) as patient,
        httpx2.Client(timeout=0.3) as impatient,
    ):
        urls = {"coingecko": at.coingecko, "coinpaprika": at.coinpaprika}

        def one(source: str, name: str | None = None, **parameters: Any) -> KasparroError | None:
            clock.tick(minutes=1)
            rules = [{"fault": {"name": name} | parameters}] if name is not None else []
            sandbox.faults.load(Script.model_validate({"rules": rules}))
            client = impatient if name == "hang" else patient
            exchange = Exchange(client, Endpoint(source=source, base_url=urls[source]), clock)
            try:
                answer = exchange.send(PATHS[source], {})
            except KasparroError as error:
                return error
            now = clock.now()
            return classify(answer.status, answer.headers, answer.body, now, source=source)

        yield one


@pytest.mark.parametrize("source", sorted(PATHS))
def test_without_a_fault_there_is_no_error(ask: Ask, source: str) -> None:
    assert ask(source) is None


@pytest.mark.parametrize("source", sorted(PATHS))
@pytest.mark.parametrize(
    "name, rest",
    [
        ("rate_limited", None),
        ("rate_limited_seconds", 7),
        ("rate_limited_date", 7),
        ("rate_limited_reset", 7),
        ("throttled", None),
        ("cloudflare_limited", None),
        ("rate_limited_with_200", None),
    ],
)
def test_every_dressing_of_slow_down_is_one_and_its_rest_is_read(
    ask: Ask, source: str, name: str, rest: float | None
) -> None:
    error = ask(source, name)
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == (None if rest is None else timedelta(seconds=rest))


@pytest.mark.parametrize("source", sorted(PATHS))
@pytest.mark.parametrize(
    "name, kind, said",
    [
        ("quota_spent", RefusedError, "The month's calls are spent"),
        ("plan_too_small", RefusedError, "a larger plan"),
        ("key_missing", RefusedError, "code 10002"),
        ("key_invalid", RefusedError, "_API_KEY"),
        ("out_of_range", RefusedError, "code 10012"),
        ("forbidden", RefusedError, "shuts this address out"),
        ("not_found", NotFoundError, "not found"),
        ("error_with_200", FatalError, "with an error in it"),
        ("moved_elsewhere", FatalError, "handed our key"),
    ],
)
def test_a_refusal_is_no_reason_to_ask_again_and_says_what_to_do(
    ask: Ask, source: str, name: str, kind: type[KasparroError], said: str
) -> None:
    error = ask(source, name)
    assert type(error) is kind
    assert not isinstance(error, RetryableError)
    assert said in str(error)
    assert source in str(error)


@pytest.mark.parametrize("source", sorted(PATHS))
@pytest.mark.parametrize(
    "name, parameters",
    [
        ("hang", {}),
        ("refuse", {}),
        ("reset_in_body", {}),
        ("truncated_body", {}),
        ("wrong_length", {}),
        ("corrupt_gzip", {}),
        ("cut_gzip", {}),
        ("cut_gzip", {"share": 0.999}),
        ("server_error", {"status": 500}),
        ("server_error", {"status": 502}),
        ("server_error", {"status": 503}),
        ("server_error", {"status": 520}),
    ],
)
def test_a_broken_connection_and_a_broken_server_are_worth_asking_again(
    ask: Ask, source: str, name: str, parameters: dict[str, Any]
) -> None:
    error = ask(source, name, **parameters)
    assert type(error) is RetryableError
    assert source in str(error)
    assert "<" not in str(error), "markup of a foreign page"
