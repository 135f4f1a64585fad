"""The quarantine over HTTP: what waits, why, and where its bytes are."""

import json

from kasparro.schemas.quarantine import Quarantine
from support.api import serving
from support.house import House
from support.provider import as_json
from support.records import ticker


async def test_what_waits_is_shown_with_its_reason_and_goes_when_it_is_resolved(
    home: House, database_url: str
) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker(), ticker("bad-coin", price="abc"), ticker("odd-coin", last_updated="x")])
    )
    run = home.sweep("coinpaprika")
    async with serving(database_url) as api:
        found = await api.json("/quarantine")
        Quarantine.model_validate(found)
        assert (found["total_records"], len(found["data"])) == (2, 2)
        first, second = found["data"]
        assert (first["source_asset_id"], first["field"]) == ("bad-coin", "quotes.USD.price")
        assert (second["source_asset_id"], second["field"]) == ("odd-coin", "last_updated")
        assert first["run_id"] == run.run_id
        assert json.loads(first["record"])["quotes"]["USD"]["price"] == "abc"
        assert divmod(first["id"], 1 << 20) == (1, 1)
        assert (await api.json("/quarantine", source="csv"))["data"] == []
        assert len((await api.json("/quarantine", limit=1))["data"]) == 1
        home.connection.execute("update quarantine set resolved_at = now() where position = 1")
        assert (await api.json("/quarantine"))["total_records"] == 1


async def test_a_source_nobody_knows_and_a_limit_out_of_bounds_are_refused(
    database_url: str,
) -> None:
    async with serving(database_url) as api:
        for wrong in ({"source": "nope"}, {"limit": 0}, {"limit": 101}):
            answer = await api.get("/quarantine", **wrong)
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
