"""A history in which everything happened that may, and all rows it left."""

from datetime import timedelta
from typing import Any

from kasparro.ingestion.replay import Replayed, replay
from support.house import House
from support.provider import Reply, as_json
from support.records import coin, coins, ticker

FACTS = ("observations", "observation_revisions", "latest", "observation_counts", "daily_counts",
         "quarantine", "listings", "assets", "series", "link_decisions", "checkpoints", "etl_runs",
         "raw_crypto_data")  # fmt: skip
LEASE = timedelta(seconds=30)


def again(home: House, *, verify: bool, **wanted: Any) -> Replayed:
    return replay(
        home.url, home.engine.sources, holder="test", lease_duration=LEASE, verify=verify, **wanted
    )


def dump(home: House) -> dict[str, list[str]]:
    """Every row of every table of facts, ids and pedigrees included."""
    return {
        table: sorted(text for (text,) in home.rows(f"select t::text from public.{table} t"))
        for table in FACTS
    }


def messy(home: House) -> None:
    """A week in which everything happened that may."""
    a = as_json([ticker(price=1), ticker("eth-ethereum", price=2)])
    b = as_json([ticker(price=3), ticker("eth-ethereum", price=2), {"id": "bad"}])
    back = as_json([ticker(price=9, last_updated="2025-12-31T23:59:59Z")])
    twice = as_json([ticker(price=4), ticker(price=5), ticker(price=4)])
    html = Reply(b"<html>Just a moment</html>")
    paprika, gecko = home.providers["coinpaprika"], home.providers["coingecko"]
    for reply in (a, b, a, a, html, back, twice, b):
        home.clock.tick(hours=1)
        paprika.answer = lambda asked, reply=reply: (
            reply if asked.path == "/tickers" else as_json({"error": "id not found"}, 404)
        )
        home.sweep("coinpaprika")
    for step in (0, 1):
        home.clock.tick(hours=1)
        gecko.answer = lambda asked, step=step: as_json(
            []
            if "ids" in asked.params
            else [coin("bitcoin", current_price=5 + step), coin("eth", current_price=None),
                  *coins(step, 6, market_cap=0, last_updated="2026-05-18T11:59:59.5Z")]
        )  # fmt: skip
        home.sweep("coingecko")
