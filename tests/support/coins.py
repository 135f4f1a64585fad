"""What both sources show of their coins, and which coin a listing then stands for."""

from typing import Any

from kasparro.store import links
from support.house import House
from support.provider import as_json


def show(home: House, tickers: list[Any], market: list[Any]) -> None:
    """Let both sources show what they have, and whatever links afterwards link."""
    home.providers["coinpaprika"].answer = lambda asked: (
        as_json(tickers) if asked.path == "/tickers" else as_json({"error": "id not found"}, 404)
    )
    home.providers["coingecko"].answer = lambda asked: (
        as_json([]) if "ids" in asked.params else as_json(market)
    )
    for source in home.providers:
        assert home.sweep(source).status == "success"


def coin_of(home: House, source: str, source_asset_id: str) -> str:
    return links.slug_of(home.connection, (source, source_asset_id))
