"""Every endpoint is asked over HTTP, and answers as the contract and its own description say."""

from collections.abc import Iterator
from typing import Any

import httpx2
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from kasparro.api.app import ROOMS
from kasparro.cli.smoke.client import PROBLEM, runs, served
from kasparro.cli.smoke.contract import SHAPES, must_fit
from kasparro.cli.smoke.site import Site
from kasparro.cli.smoke.verdict import BrokenError, must, must_equal

JSON = "application/json"
HTML = "text/html"
PAGES = ("/", "/docs", "/redoc")  # for people
REFUSED = (
    ("GET", "/data?source=nobody", "", 422),
    ("GET", "/data?limit=101", "", 422),
    ("GET", "/compare-runs?run_id_1=csv_0&run_id_2=csv_0", "", 404),
    ("GET", "/assets/no-such-coin", "", 404),
    ("GET", "/run-etl", "", 405),
    ("POST", "/run-etl", "", 401),
    ("POST", "/run-etl", "not-the-key", 403),
)


def every_endpoint(site: Site) -> str:
    """As anybody may ask: what may be read, and what is refused and how."""
    with served(site, site.first) as client:
        asked = [_ask(client, path) for path in _readable(client)]
        for path in SHAPES:
            must(path in asked, f"{path} is not in /openapi.json")
        for path in PAGES:
            answer = client.get(path, headers={"Accept": HTML})
            _check_kind(path, answer, 200, HTML)
        for method, path, key, status in REFUSED:
            headers = {"X-API-Key": key} if key else {}
            answer = client.request(method, path, headers=headers)
            _check_kind(f"{method} {path}", answer, status, PROBLEM)
        answer = client.post("/run-etl", headers={"X-API-Key": site.admin_key})
        _check_kind("POST /run-etl without a worker", answer, 503, PROBLEM)
        total = client.get("/data").json()["total_records"]
    refusals = len(REFUSED) + 1
    return f"{len(asked)} endpoints, {len(PAGES)} pages, {refusals} refusals; {total:,} prices"


def _readable(client: httpx2.Client) -> Iterator[str]:
    description = client.get("/openapi.json").json()
    for path, operations in description["paths"].items():
        if "get" in operations:
            yield path


def _ask(client: httpx2.Client, path: str) -> str:
    """Ask one endpoint, with something that is there for every parameter that must be given."""
    newest = runs(client, "coingecko")[0]["run_id"]
    known = {"coin_id": "bitcoin", "run_id": newest, "run_id_1": newest, "run_id_2": newest}
    description = client.get("/openapi.json").json()["paths"][path]["get"]
    needed = [one for one in description.get("parameters", ()) if one["required"]]
    unknown = [one["name"] for one in needed if one["name"] not in known]
    must(not unknown, f"{path} needs {unknown}, and nobody told this check what to say")
    params = {one["name"]: known[one["name"]] for one in needed if one["in"] == "query"}
    answer = client.get(path.format_map(known), params=params, headers={"Accept": JSON})
    kind = next(iter(description["responses"]["200"].get("content", {JSON: None})))
    _check_kind(path, answer, 200, kind)
    must(answer.headers.get("x-kasparro-simulated") == "true", f"{path} is not marked simulated")
    if kind == JSON:
        must_keep_promise(path, answer.content)
        must_fit(answer.json(), SHAPES.get(path, (dict, list)), path)
    return path


def _check_kind(what: str, answer: httpx2.Response, status: int, kind: str) -> None:
    must_equal(f"status of {what}", answer.status_code, status)
    found = answer.headers.get("content-type", "").partition(";")[0]
    must_equal(f"media type of {what}", found, kind)


def must_keep_promise(path: str, body: bytes) -> None:
    """Against the promise in `schemas`: PostgreSQL wrote this body, Pydantic never saw it."""
    known = promises()
    must(path in known, f"{path} promises no shape")
    try:
        TypeAdapter(known[path]).validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BrokenError(f"{path} {where}: {first['msg']}") from error


def promises() -> dict[str, Any]:
    """The shape of each answer, by path, as its route declares it."""
    return {
        route.path: route.responses[200]["model"]
        for room in ROOMS
        for route in room.router.routes
        if isinstance(route, APIRoute) and "model" in route.responses.get(200, {})
    }
