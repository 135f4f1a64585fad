"""The description we publish, and the app held against it by requests nobody thought of."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kasparro.api.app import ApiSettings, create_app
from kasparro.store.connect import Connection
from kasparro.store.reading.database import Database
from support.api import ADMIN, SOURCES, Api, serving
from support.filling import NOON, Filling

CHECKS = [
    allow_header_conformance,
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
]
APP = create_app(
    sources=SOURCES,
    settings=ApiSettings(public_read=True, admin_key=None, version="1.2.3"),
    database=Database(),
)
DESCRIPTION = APP.openapi()
OPERATIONS = [(path, method) for path, ways in DESCRIPTION["paths"].items() for method in ways]
TRIALS = [
    (path, method, mode)
    for path, method in OPERATIONS
    for mode in GenerationMode
    # Where nothing can be sent, nothing wrong can be sent.
    if mode is GenerationMode.POSITIVE or DESCRIPTION["paths"][path][method].get("parameters")
]
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture
async def api(
    database_url: str, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    """A little of everything, and a worker that never gets to work."""
    monkeypatch.setattr("kasparro.api.routes.runs.LONGEST_WAIT", timedelta(milliseconds=1))
    filling = Filling(database)
    for source in ("coinpaprika", "coingecko"):
        series = filling.series(source, "bitcoin", "BTC")
        filling.observe(series, [NOON - timedelta(hours=n) for n in range(20)], change="-3.5")
        filling.run(source)
    database.execute("insert into workers (id, name) values (gen_random_uuid(), 'one')")
    async with serving(database_url) as running:
        yield running


def test_the_description_names_every_way_of_the_contract():
    assert set(OPERATIONS) >= {
        ("/", "get"),
        ("/assets", "get"),
        ("/assets/{coin_id}", "get"),
        ("/compare-runs", "get"),
        ("/data", "get"),
        ("/health", "get"),
        ("/run-etl", "post"),
        ("/runs", "get"),
        ("/stats", "get"),
    }


def test_every_error_is_described_as_a_problem():
    for path, method in OPERATIONS:
        answers = DESCRIPTION["paths"][path][method]["responses"]
        for status, answer in answers.items():
            if int(status) >= 400 and (path, status) != ("/health", "503"):
                assert list(answer["content"]) == ["application/problem+json"], (path, status)


def test_amounts_are_described_as_numbers():
    price = DESCRIPTION["components"]["schemas"]["Price"]["properties"]
    assert price["price_usd"]["type"] == "number"
    assert {"type": "number"} in price["market_cap"]["anyOf"]


@pytest.mark.parametrize("path, method, mode", TRIALS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_every_answer_is_as_described_whatever_is_asked(
    api: Api, path: str, method: str, mode: GenerationMode, data: st.DataObject
):
    operation = SCHEMA[path][method.upper()]
    case = data.draw(operation.as_strategy(generation_mode=mode))
    answer = await api.client.request(**sendable(case.as_transport_kwargs(base_url="http://test")))
    case.validate_response(answer, checks=CHECKS)


def sendable(asked: dict[str, Any]) -> dict[str, Any]:
    """What the test client understands of a request made for another."""
    asked["headers"] = {**asked.get("headers", {}), **ADMIN}
    asked["content"] = asked.pop("data", None)
    asked.pop("cookies", None)
    return asked


async def test_the_published_description_is_the_one_that_was_tried(api: Api):
    answer: httpx2.Response = await api.get("/openapi.json")
    assert answer.json() == DESCRIPTION
