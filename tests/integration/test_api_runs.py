"""Runs over HTTP: listing, comparing, and asking for one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kasparro.schemas.comparison import Comparison
from kasparro.schemas.runs import Run, RunsRequested
from kasparro.store.connect import Connection
from support.api import ADMIN, ADMIN_KEY, Api, exact, serving
from support.filling import NOON, Filling


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


@pytest.fixture
def _worker(database: Connection) -> None:
    database.execute("insert into workers (id, name) values (gen_random_uuid(), 'one')")


@pytest.fixture
def _streams(filling: Filling) -> None:
    for source in ("coinpaprika", "coingecko"):
        filling.stream(source, "spot")
        filling.stream(source, "catalogue", carries_prices=False)


async def test_runs_come_newest_first_with_every_field_of_the_contract(api: Api, filling: Filling):
    filling.run("csv", status="failed", seconds=0.25, error="cannot read the file")
    filling.run("coingecko", status="queued")
    newest = filling.run(
        "coinpaprika",
        status="partial",
        started=NOON + timedelta(hours=1),
        records_fetched=107,
        records_new=90,
        records_changed=7,
        records_unchanged=3,
        records_quarantined=7,
        retries=2,
    )
    found = await api.json("/runs")
    for run in found:
        Run.model_validate(run)
    assert [run["source"] for run in found] == ["coinpaprika", "coingecko", "csv"]
    contract = {
        "run_id": newest,
        "source": "coinpaprika",
        "start_time": "2026-03-10T13:00:00Z",
        "end_time": "2026-03-10T13:00:02.5Z",
        "status": "partial",
        "records_processed": 100,
        "records_failed": 7,
        "duration_seconds": 2.5,
        "error_message": None,
    }
    assert contract.items() <= found[0].items()
    assert found[1]["start_time"] is found[1]["duration_seconds"] is None
    assert found[2]["error_message"] == "cannot read the file"


async def test_runs_are_ten_unless_asked_otherwise_and_never_more_than_100(
    api: Api, filling: Filling
):
    for _ in range(12):
        filling.run("csv")
        filling.run("coingecko")
    assert len(await api.json("/runs")) == 10
    assert len(await api.json("/runs", limit=23)) == 23
    assert {run["source"] for run in await api.json("/runs", limit=100, source="csv")} == {"csv"}
    assert len(await api.json("/runs", limit=100, source="csv")) == 12
    assert await api.json("/runs", source="coinpaprika") == []
    for params in ({"limit": 0}, {"limit": 101}, {"source": "nope"}):
        assert (await api.get("/runs", **params)).status_code == 422


async def test_two_runs_are_compared_second_minus_first(api: Api, filling: Filling):
    first = filling.run("csv", seconds=2.5, records_new=100, records_quarantined=1)
    second = filling.run("csv", status="failed", seconds=1.25, records_new=40)
    body = await api.json("/compare-runs", run_id_1=first, run_id_2=second)
    Comparison.model_validate(body)
    assert body["run_1"]["run_id"] == first
    assert body["run_2"]["run_id"] == second
    assert body["differences"] == {
        "records_processed_diff": -60,
        "records_failed_diff": -1,
        "records_new_diff": -60,
        "records_changed_diff": 0,
        "duration_diff": -1.25,
        "status_changed": True,
        "code_version_changed": False,
    }
    same = await api.json("/compare-runs", run_id_1=first, run_id_2=first)
    assert same["differences"]["status_changed"] is False
    assert same["differences"]["records_processed_diff"] == 0


async def test_a_run_under_way_has_no_duration_to_compare(api: Api, filling: Filling):
    first, second = filling.run("csv"), filling.run("csv", status="running")
    body = await api.json("/compare-runs", run_id_1=first, run_id_2=second)
    assert body["differences"]["duration_diff"] is None


async def test_comparing_with_a_run_that_never_was_is_404(api: Api, filling: Filling):
    known = filling.run("csv")
    for one, two in ((known, "csv_999"), ("csv_999", known)):
        answer = await api.get("/compare-runs", run_id_1=one, run_id_2=two)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await api.get("/compare-runs", run_id_1=known)).status_code == 422


@pytest.mark.usefixtures("_worker", "_streams")
@pytest.mark.parametrize("how", ["query", "body"])
async def test_asking_for_a_run_queues_the_price_streams_of_the_source(
    api: Api, database: Connection, how: str
):
    asked = {"params" if how == "query" else "json": {"source": "coingecko"}}
    answer = await api.client.post("/run-etl", headers=ADMIN, **asked)
    assert answer.status_code == 202
    body = exact(answer)
    RunsRequested.model_validate(body)
    queued = database.execute("select run_id, status, source, trigger from etl_runs").fetchall()
    assert queued == [(body["run_ids"][0], "queued", "coingecko", "request")]
    assert body["runs"][0]["run_id"] == body["run_ids"][0]


@pytest.mark.usefixtures("_worker", "_streams")
async def test_without_a_source_all_that_are_not_at_it_are_started(
    api: Api, filling: Filling, database: Connection
):
    busy = filling.run("coingecko", status="running")
    answer = await api.client.post("/run-etl", headers=ADMIN)
    assert answer.status_code == 202
    assert [run["source"] for run in answer.json()["runs"]] == ["coinpaprika"]
    answer = await api.client.post("/run-etl", headers=ADMIN)
    assert answer.status_code == 409
    assert busy in answer.json()["detail"]


@pytest.mark.usefixtures("_worker", "_streams")
@pytest.mark.parametrize("status", ["queued", "running"])
async def test_a_source_that_is_at_it_is_not_started_again(api: Api, filling: Filling, status: str):
    run_id = filling.run("coingecko", status=status)
    answer = await api.client.post("/run-etl", headers=ADMIN, json={"source": "coingecko"})
    assert answer.status_code == 409
    assert run_id in answer.json()["detail"]


@pytest.mark.usefixtures("_streams")
async def test_without_a_living_worker_nothing_is_queued(api: Api, database: Connection):
    database.execute(
        "insert into workers (id, name, seen_at)"
        " values (gen_random_uuid(), 'long gone', now() - interval '20 seconds')"
    )
    answer = await api.client.post("/run-etl", headers=ADMIN)
    assert answer.status_code == 503
    assert "worker" in answer.json()["detail"]
    assert database.execute("select count(*) from etl_runs").fetchone() == (0,)


@pytest.mark.usefixtures("_streams")
async def test_who_waits_gets_the_worker_that_wakes_up_meanwhile(
    api: Api, database: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kasparro.services.runs.POLL_SECONDS", 0.01)
    asked = asyncio.create_task(
        api.client.post("/run-etl", headers=ADMIN, json={"source": "coingecko", "wait": True})
    )
    await asyncio.sleep(0.1)
    assert not asked.done()
    database.execute("insert into workers (id, name) values (gen_random_uuid(), 'just awake')")
    while not database.execute("select 1 from etl_runs").fetchall():  # noqa: ASYNC110  # not ours
        await asyncio.sleep(0.01)
    database.execute("update etl_runs set status = 'success', start_time = now(), end_time = now()")
    assert (await asked).status_code == 200


@pytest.mark.usefixtures("_streams")
async def test_who_waits_in_vain_for_a_worker_is_told_so(
    api: Api, database: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kasparro.api.routes.runs.WAKING", timedelta(seconds=0.05))
    answer = await api.client.post("/run-etl", headers=ADMIN, params={"wait": True})
    assert answer.status_code == 503
    assert "worker" in answer.json()["detail"]
    assert database.execute("select count(*) from etl_runs").fetchone() == (0,)


@pytest.mark.usefixtures("_worker", "_streams")
async def test_catalogues_are_queued_beside_a_run_of_the_prices_and_never_with_it(
    api: Api, filling: Filling, database: Connection
):
    filling.run("coingecko", status="running")
    asked = {"source": "coingecko", "catalogues": True}
    answer = await api.client.post("/run-etl", headers=ADMIN, json=asked)
    assert answer.status_code == 202
    assert [run["stream"] for run in answer.json()["runs"]] == ["catalogue"]
    answer = await api.client.post("/run-etl", headers=ADMIN, json=asked)
    assert answer.status_code == 409


@pytest.mark.usefixtures("_worker", "_streams")
async def test_waiting_answers_when_the_run_is_over(
    api: Api, database: Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("kasparro.services.runs.POLL_SECONDS", 0.01)
    asked = asyncio.create_task(
        api.client.post("/run-etl", headers=ADMIN, json={"source": "coingecko", "wait": True})
    )
    while not database.execute("select 1 from etl_runs").fetchall():  # noqa: ASYNC110  # not ours
        await asyncio.sleep(0.01)
    assert not asked.done()
    database.execute("update etl_runs set status = 'success', start_time = now(), end_time = now()")
    answer = await asked
    assert answer.status_code == 200
    assert [run["status"] for run in answer.json()["runs"]] == ["success"]


@pytest.mark.usefixtures("_worker", "_streams")
async def test_a_request_nobody_can_mean_starts_nothing(api: Api, database: Connection):
    for asked in (
        {"json": {"source": "nope"}},
        {"json": {"sauce": "csv"}},
        {"json": ["csv"]},
        {"content": b"{", "headers": ADMIN | {"Content-Type": "application/json"}},
        {"params": {"wait": "perhaps"}},
    ):
        answer = await api.client.post("/run-etl", **({"headers": ADMIN} | asked))
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert ADMIN_KEY not in answer.text
    assert database.execute("select count(*) from etl_runs").fetchone() == (0,)


@pytest.mark.usefixtures("_worker", "_streams")
async def test_a_source_with_nothing_to_ingest_is_404(api: Api):
    answer = await api.client.post("/run-etl", headers=ADMIN, json={"source": "csv"})
    assert answer.status_code == 404


async def test_a_run_cannot_be_started_by_following_a_link(api: Api):
    answer = await api.client.get("/run-etl", headers=ADMIN)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
