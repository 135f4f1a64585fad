"""Who may ask: keys, closed reading, and pages of other origins."""

from collections.abc import AsyncIterator

import pytest

from kasparro.store.connect import Connection
from support.api import ADMIN, ADMIN_KEY, Api, serving

READING = (
    "/data",
    "/stats",
    "/runs",
    "/compare-runs",
    "/assets",
    "/assets/bitcoin",
    "/",
    "/metrics",
)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


async def test_starting_a_run_without_a_key_is_401_and_says_how_to_send_one(api: Api):
    answer = await api.client.post("/run-etl")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "X-API-Key" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "another"},
        {"X-API-Key": ""},
        {"X-API-Key": ADMIN_KEY + "x"},
        {"X-API-Key": ADMIN_KEY[:-1]},
        {"X-API-Key": ADMIN_KEY.upper()},
        {"X-API-Key": "another", "Authorization": f"Bearer {ADMIN_KEY}"},
        {"Authorization": "Bearer another"},
        {"Authorization": "Bearer "},
    ],
)
async def test_another_key_is_403(api: Api, headers: dict[str, str]):
    answer = await api.client.post("/run-etl", headers=headers)
    assert answer.status_code == 403
    assert ADMIN_KEY not in answer.text


async def test_a_key_of_any_bytes_is_only_a_wrong_key(api: Api):
    answer = await api.client.post("/run-etl", headers={b"X-API-Key": b"\xff\xfe"})
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Basic {ADMIN_KEY}"}])
async def test_what_is_not_a_key_is_401(api: Api, headers: dict[str, str]):
    assert (await api.client.post("/run-etl", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [ADMIN, {"Authorization": f"Bearer {ADMIN_KEY}"}, {"Authorization": f"bearer {ADMIN_KEY}"}],
)
async def test_the_key_opens_either_way_it_is_sent(api: Api, headers: dict[str, str]):
    answer = await api.client.post("/run-etl", headers=headers)
    assert answer.status_code == 503  # past the key: there is no worker here


@pytest.mark.parametrize("headers", [{}, ADMIN])
async def test_without_a_key_set_nobody_may_and_the_setting_is_named(
    database_url: str, headers: dict[str, str]
):
    async with serving(database_url, admin_key=None) as api:
        answer = await api.client.post("/run-etl", headers=headers)
        assert answer.status_code == 403
        assert "KASPARRO_ADMIN_KEY" in answer.json()["detail"]


async def test_a_key_in_the_query_opens_nothing(api: Api):
    answer = await api.client.post("/run-etl", params={"x-api-key": ADMIN_KEY})
    assert answer.status_code == 401


async def test_closed_reading_needs_the_key_everywhere_but_for_health_and_the_docs(
    database_url: str,
):
    async with serving(database_url, public_read=False) as api:
        for path in READING:
            assert (await api.get(path)).status_code == 401, path
            assert (await api.client.head(path)).status_code == 401, path
            wrong = await api.client.get(path, headers={"X-API-Key": "another"})
            assert wrong.status_code == 403, path
            right = await api.client.get(path, headers=ADMIN)
            assert right.status_code in (200, 404, 422), path
        for path in ("/health", "/docs", "/redoc", "/openapi.json", "/favicon.ico"):
            assert (await api.get(path)).status_code == 200, path


async def test_closed_reading_shows_kept_answers_only_to_the_key(database_url: str):
    async with serving(database_url, public_read=False) as api:
        for _ in range(2):
            assert (await api.client.get("/data", headers=ADMIN)).status_code == 200
        assert (await api.get("/data")).status_code == 401


async def test_pages_of_other_origins_may_not_ask_for_anything(api: Api, database: Connection):
    evil = {"Origin": "https://evil.test"}
    preflight = {"Access-Control-Request-Method": "POST"}
    answers = [
        await api.client.post("/run-etl", headers=evil | ADMIN),
        await api.client.options("/run-etl", headers=evil | preflight),
        await api.client.get("/data", headers=evil),
    ]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")]
