"""Unusual runs over HTTP."""

from collections.abc import AsyncIterator

import pytest

from kasparro.schemas.anomalies import Anomalies
from support.api import ADMIN_KEY, Api, serving
from support.house import House
from support.provider import Reply, as_json
from support.records import coin, ticker


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


@pytest.fixture
def _unusual(home: House) -> None:
    """One run of CoinGecko with broken rules, one of CoinPaprika that failed, one ordinary."""
    home.providers["coinpaprika"].answer = lambda _: as_json([ticker()])
    home.sweep("coinpaprika")
    home.providers["coingecko"].answer = lambda _: as_json([
        coin(current_price=0), coin("old", last_updated="2026-05-18T01:00:00Z")
    ])  # fmt: skip
    home.sweep("coingecko")
    home.providers["coinpaprika"].answer = lambda _: Reply(b"no", 403)
    home.sweep("coinpaprika")


@pytest.mark.usefixtures("_unusual")
async def test_there_is_one_alert_per_unusual_run_with_everything_found(api: Api) -> None:
    body = await api.json("/anomalies")
    Anomalies.model_validate(body)
    assert body["total_records"] == 2
    failed, broken = body["data"]
    assert (failed["source"], failed["run_status"], failed["severity"]) == (
        "coinpaprika",
        "failed",
        "critical",
    )
    assert failed["summary"] == "the run failed"
    assert [one["name"] for one in broken["findings"]] == ["stale", "non_positive_price"]
    assert broken["summary"] == "other contents than usual; prices older than usual"
    stale, nothing = broken["findings"]
    assert (stale["expected"], stale["actual"]) == (7200, 39600)
    assert (nothing["kind"], nothing["actual"], nothing["z"]) == ("invariant", 1, None)
    assert nothing["status"] == "open"


@pytest.mark.usefixtures("_unusual")
async def test_alerts_are_chosen_by_source_run_severity_and_status(api: Api) -> None:
    async def names(**wanted: str) -> list[str]:
        body = await api.json("/anomalies", **wanted)
        return [one["name"] for alert in body["data"] for one in alert["findings"]]

    assert await names(source="coingecko") == ["stale", "non_positive_price"]
    assert await names(severity="warn") == ["non_positive_price"]
    assert await names(status="acknowledged") == []
    run_id = (await api.json("/anomalies", limit=1))["data"][0]["run_id"]
    assert await names(run_id=run_id) == ["failed"]
    assert await names(run_id="coingecko_999") == []
    for wrong in ({"source": "nope"}, {"severity": "bad"}, {"status": "new"}, {"limit": 0}):
        assert (await api.get("/anomalies", **wrong)).status_code == 422


async def test_nothing_unusual_is_an_empty_list(api: Api) -> None:
    assert await api.json("/anomalies") == {"total_records": 0, "limit": 10, "data": []}


async def test_where_reading_is_closed_anomalies_are_too(database_url: str) -> None:
    async with serving(database_url, public_read=False) as closed:
        assert (await closed.get("/anomalies")).status_code == 401
        answer = await closed.client.get("/anomalies", headers={"X-API-Key": ADMIN_KEY})
        assert answer.status_code == 200
