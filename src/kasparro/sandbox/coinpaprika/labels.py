"""CoinPaprika's tags, people and events, and its ids beside those of others."""

from typing import Any

from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.refusals import ID_NOT_FOUND, NOT_IN_THE_PLAN
from kasparro.sandbox.instants import to_seconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Call, Instead
from kasparro.sandbox.world import Coin

TAGS = {"cryptocurrency": ("Cryptocurrency", "coin"), "stablecoin": ("Stablecoin", "stablecoin")}
OTHERS = ("coinmarketcap", "cryptocompare", "isin", "dti")  # whose ids are not simulated


def all_tags(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    return [_tag(market, id_, call) for id_ in TAGS]


def one_tag(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    if call.path["id"] not in TAGS:
        raise Instead(ID_NOT_FOUND)
    return _tag(market, call.path["id"], call)


def tags_of(market: Market, coin: Coin) -> list[dict[str, Any]]:
    """As they stand on the page of a coin."""
    return [
        {"id": id_, "name": name, "coin_counter": len(_tagged(market, kind)), "ico_counter": 0}
        for id_, (name, kind) in TAGS.items()
        if coin.kind == kind
    ]


def nothing_of_a_coin(market: Market, call: Call[PaprikaPlan]) -> list[Any]:
    """Events and posts: there are none here."""
    if call.path["id"] not in market.world.of_coinpaprika:
        raise Instead(ID_NOT_FOUND)
    return []


def nobody(_: Market, __: Call[PaprikaPlan]) -> None:
    """No people are simulated."""
    raise Instead(ID_NOT_FOUND)


def mappings(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    """Coins by an id of CoinPaprika or CoinGecko; from the Business plan on."""
    if not call.plan.paid:
        raise Instead(ID_NOT_FOUND)  # there it is an id like any other
    if not call.plan.mappings:
        raise Instead(NOT_IN_THE_PLAN)
    found = {
        coin.key: coin
        for name, known in (
            ("coinpaprika", market.world.of_coinpaprika),
            ("coingecko", market.world.of_coingecko),
        )
        for coin in [known.get(call.params.get(name, ""))]
        if coin is not None and coin.coinpaprika_id
    }
    return [
        {
            "coinpaprika": coin.coinpaprika_id,
            "coingecko": coin.coingecko_id or None,
            **dict.fromkeys(OTHERS),
            "updated_at": to_seconds(call.at_ms),
        }
        for coin in found.values()
    ]


def _tag(market: Market, id_: str, call: Call[PaprikaPlan]) -> dict[str, Any]:
    name, kind = TAGS[id_]
    coins = _tagged(market, kind)
    extra = call.params.get("additional_fields", "").split(",")
    return {
        "id": id_,
        "name": name,
        "coin_counter": len(coins),
        "ico_counter": 0,
        "description": f"Coins that are of the kind {kind} here.",
        "type": "functional",
        **({"coins": [coin.coinpaprika_id for coin in coins]} if "coins" in extra else {}),
        **({"icos": []} if "icos" in extra else {}),
    }


def _tagged(market: Market, kind: str) -> list[Coin]:
    return [coin for coin in market.world.of_coinpaprika.values() if coin.kind == kind]
