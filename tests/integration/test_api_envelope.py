"""What every answer has: an id, a log line, problem details for errors, HEAD beside GET."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from kasparro.schemas.problem import Problem
from support.api import ADMIN, ADMIN_KEY, Api, serving


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


async def test_every_answer_has_an_id_of_its_own(api: Api):
    paths = ("/", "/data", "/health", "/nope", "/run-etl", "/data?limit=0", "/openapi.json")
    ids = [(await api.get(path)).headers["x-request-id"] for path in paths]
    assert len(set(ids)) == len(paths)


async def test_the_callers_own_id_is_kept_if_it_can_be_logged(api: Api):
    answer = await api.client.get("/data", headers={"X-Request-ID": "caller-0042"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "caller-0042"
    for bad in ('x","admin":"yes', "a" * 65, "short", "sp ace sp ace", "<script>1"):
        answer = await api.client.get("/data", headers={"X-Request-ID": bad})
        assert answer.headers["x-request-id"] == answer.json()["request_id"] != bad


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/nope", 404),
        ("GET", "/assets/nope", 404),
        ("GET", "/run-etl", 405),
        ("DELETE", "/data", 405),
        ("POST", "/data", 405),
        ("OPTIONS", "/data", 405),
        ("POST", "/run-etl", 401),
        ("GET", "/data?limit=no", 422),
        ("GET", "/compare-runs", 422),
        ("GET", "/compare-runs?run_id_1=a&run_id_2=b", 404),
    ],
)
async def test_every_error_is_a_problem_with_its_request_id(
    api: Api, method: str, path: str, status: int
):
    answer = await api.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = Problem.model_validate_json(answer.content)
    assert problem.status == status
    assert problem.request_id == answer.headers["x-request-id"]
    assert problem.instance == path.partition("?")[0]


async def test_what_was_sent_is_not_repeated_for_it_may_be_a_key(api: Api):
    secret = "s3cret-value"
    for asked in (
        {"method": "GET", "url": "/data", "params": {"limit": secret, "since": secret}},
        {"method": "GET", "url": "/data", "params": {"cursor": secret, "source": secret}},
        {"method": "GET", "url": "/nope", "params": {"api_key": secret}},
        {"method": "POST", "url": "/run-etl", "json": {secret: secret, "wait": secret}},
        {"method": "POST", "url": "/run-etl", "json": secret},
        {"method": "POST", "url": "/run-etl", "params": {"source": secret}},
    ):
        answer = await api.client.request(**asked, headers=ADMIN)
        assert answer.status_code in (404, 422)
        assert secret not in answer.text
        assert ADMIN_KEY not in answer.text


@pytest.mark.parametrize("lie", [{}, {"Content-Length": "3"}])
async def test_a_body_larger_than_any_we_read_is_refused(api: Api, lie: dict[str, str]):
    async def body() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 1000

    content = body() if lie else b" " * 40_000
    headers = ADMIN | lie | {"Content-Type": "application/json"}
    answer = await api.client.post("/run-etl", content=content, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize("path", ["/data", "/health", "/", "/nope", "/openapi.json"])
async def test_head_answers_like_get_without_the_body(api: Api, path: str):
    head, get = await api.client.head(path), await api.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]


async def test_a_request_is_logged_once_with_its_id_and_without_query_or_keys(api: Api):
    with capture_logs() as logs:
        answer = await api.client.get("/data?symbol=btc&api_key=s3cret", headers=ADMIN)
    [entry] = [entry for entry in logs if entry["event"] == "request"]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/data", 200)
    assert entry["duration_ms"] > 0
    assert "s3cret" not in str(logs)
    assert ADMIN_KEY not in str(logs)
    assert answer.headers["x-request-id"]


async def test_an_address_with_a_slash_too_many_leads_to_the_right_one(api: Api):
    answer = await api.client.get("/data/?limit=3", follow_redirects=True)
    assert answer.json()["limit"] == 3
