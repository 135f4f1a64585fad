"""`GET /drift`: what changed, what waits, and how it was decided."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kasparro.sandbox.faults import drift as faults
from kasparro.schemas.drift import DriftEvents
from support.api import serving
from support.drifted import COINS, Market, drifting


@pytest.fixture
def market(database_url: str) -> Iterator[Market]:
    with drifting(database_url, hours=2) as own:
        own.sweep(
            faults.ScaledNumber(field="current_price", factor=Decimal(100)),
            faults.AddedField(field="mood", value="fine"),
        )
        yield own


async def test_events_are_shown_with_what_waits_for_a_decision_first(
    market: Market, database_url: str
) -> None:
    async with serving(database_url) as api:
        found = await api.json("/drift")
        DriftEvents.model_validate(found)
        assert found["total_records"] == 2
        unit, added = found["data"]
        assert (unit["class"], unit["severity"], unit["status"]) == ("unit", "ERR", "open")
        assert unit["path"] == "current_price"
        assert unit["records_held"] >= COINS - 10
        assert "100 times what they were 60 minutes before" in unit["evidence"]
        assert unit["details"]["factor"] == pytest.approx(100, rel=0.05)
        assert (added["class"], added["status"], added["records_held"]) == ("added", "accepted", 0)
        assert [one["class"] for one in (await api.json("/drift", status="open"))["data"]] == [
            "unit"
        ]
        assert (await api.json("/drift", source="csv"))["data"] == []
        assert len((await api.json("/drift", limit=1))["data"]) == 1
        market.reject()
        unit = (await api.json("/drift", status="rejected"))["data"][0]
        assert unit["resolved_at"] is not None
        for wrong in ({"source": "nope"}, {"limit": 0}, {"status": "closed"}):
            assert (await api.get("/drift", **wrong)).status_code == 422
