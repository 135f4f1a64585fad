"""The histogram of requests: by route, in as many series as there are routes and no more."""

import pytest
from fastapi.routing import APIRoute
from prometheus_client import REGISTRY

from kasparro.api.request_times import RequestTimes

NAME = "kasparro_etl_api_request_duration_seconds"


@pytest.fixture
def times() -> RequestTimes:
    paths = ("/", "/data", "/assets", "/assets/{coin_id}")
    return RequestTimes(APIRoute(path, lambda: None) for path in paths)


def samples(times: RequestTimes, suffix: str) -> dict[frozenset[tuple[str, str]], float]:
    [family] = times.collect()
    assert family.name == NAME
    return {frozenset(one.labels.items()): one.value
            for one in family.samples if one.name == f"{NAME}_{suffix}"}  # fmt: skip


def labels(times: RequestTimes) -> set[tuple[str, str, str]]:
    found = [dict(one) for one in samples(times, "count")]
    return {(one["method"], one["route"], one["status"]) for one in found}


@pytest.mark.parametrize(
    "path, route",
    [
        ("/", "/"),
        ("/data", "/data"),
        ("/assets/bitcoin", "/assets/{coin_id}"),
        ("/assets/%F0%9F%90%B6", "/assets/{coin_id}"),
        ("/assets", "/assets"),
        ("/assets/", "other"),
        ("/assets/a/b", "other"),
        ("/data/", "other"),
        ("/nope", "other"),
        ("", "other"),
        ("/assets/{coin_id}/x", "other"),
    ],
)
def test_a_path_counts_for_the_route_that_answers_it(
    times: RequestTimes, path: str, route: str
) -> None:
    assert times.route(path) == route


def test_whatever_is_asked_makes_no_series_of_its_own(times: RequestTimes) -> None:
    for n in range(300):
        times.observe(f"METHOD-{n}", f"/nope/{n}", 404, 0.01)
        times.observe("GET", f"/assets/coin-{n}", 200 + n % 3, 0.01)
    assert labels(times) == {("other", "other", "4xx"), ("GET", "/assets/{coin_id}", "2xx")}
    assert sorted(samples(times, "count").values()) == [300, 300]


def test_buckets_add_up_and_sums_are_seconds(times: RequestTimes) -> None:
    for seconds in (0.0005, 0.003, 0.003, 42, 1000):
        times.observe("GET", "/data", 200, seconds)
    buckets = {dict(key)["le"]: value for key, value in samples(times, "bucket").items()}
    assert buckets["0.001"] == 1
    assert buckets["0.0025"] == 1
    assert buckets["0.005"] == 3
    assert buckets["10.0"] == 3
    assert buckets["60.0"] == 4
    assert buckets["600.0"] == 4
    assert buckets["+Inf"] == 5
    assert list(buckets.values()) == sorted(buckets.values())
    assert sum(samples(times, "sum").values()) == pytest.approx(1042.0065)


def test_each_app_counts_for_itself_and_the_common_registry_stays_clean(
    times: RequestTimes,
) -> None:
    other = RequestTimes([])
    times.observe("GET", "/data", 200, 1)
    assert labels(other) == set()
    assert not any(family.name.startswith("kasparro") for family in REGISTRY.collect())
