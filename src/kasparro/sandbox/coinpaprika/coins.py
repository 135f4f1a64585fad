"""CoinPaprika's catalogue: all coins, one coin's description, contracts and the search for both."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from kasparro.core.platforms import OF_COINPAPRIKA, Platform
from kasparro.sandbox import contracts
from kasparro.sandbox.coinpaprika.labels import tags_of
from kasparro.sandbox.coinpaprika.parameters import whole
from kasparro.sandbox.coinpaprika.plans import PaprikaPlan
from kasparro.sandbox.coinpaprika.refusals import ID_NOT_FOUND, INVALID_PARAMETERS, moved
from kasparro.sandbox.coinpaprika.tickers import updated_ms
from kasparro.sandbox.instants import milliseconds, to_seconds
from kasparro.sandbox.market import Market
from kasparro.sandbox.wire import Call, Instead
from kasparro.sandbox.world import Coin

CATEGORIES = ("currencies", "icos", "exchanges", "people", "tags")
LINKS = ("explorer", "facebook", "reddit", "source_code", "website", "youtube", "medium")
UNSAID = ("development_status", "proof_type", "org_structure", "hash_algorithm")


def all_coins(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, Any]]:
    """Active and inactive; an inactive coin has rank 0."""
    ranks = market.ranking(call.at_ms).of_coinpaprika
    coins = market.world.of_coinpaprika.values()
    return [_listed(coin, ranks.get(coin.key, 0)) for coin in sorted(coins, key=_order(ranks))]


def one_coin(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    coin = market.world.of_coinpaprika.get(call.path["id"])
    if coin is None:
        raise Instead(ID_NOT_FOUND)
    listed = _listed(coin, market.ranking(call.at_ms).of_coinpaprika.get(coin.key, 0))
    website = f"https://{coin.coinpaprika_id}.example/"
    return {
        **listed,
        "logo": f"https://static.coinpaprika.com/coin/{coin.coinpaprika_id}/logo.png",
        "tags": tags_of(market, coin),
        "team": [],
        "description": f"A simulated {coin.coinpaprika_name}: nothing here is a fact.",
        "message": "",
        "open_source": True,
        "hardware_wallet": coin.kind == "coin",
        "started_at": to_seconds(milliseconds(coin.first_seen)),
        **dict.fromkeys(UNSAID),
        "contracts": [
            {
                "contract": contracts.coinpaprika_address(market.world, coin, platform),
                "platform": platform.coinpaprika,
                "type": contracts.kind(platform),
            }
            for platform in contracts.platforms(coin)
        ],
        "links": {name: [website] if name == "website" else None for name in LINKS},
        "links_extended": [{"url": website, "type": "website"}],
        "whitepaper": {"link": "", "thumbnail": ""},
        "first_data_at": to_seconds(milliseconds(coin.first_seen)),
        "last_data_at": to_seconds(updated_ms(market, coin, call.at_ms)),
    }


def all_platforms(_: Market, __: Call[PaprikaPlan]) -> list[str]:
    return list(OF_COINPAPRIKA)


def on_platform(market: Market, call: Call[PaprikaPlan]) -> list[dict[str, str]]:
    platform = OF_COINPAPRIKA.get(call.path["platform"])
    if platform is None:
        raise Instead(ID_NOT_FOUND)
    return [
        {"address": address, "id": coin.coinpaprika_id, "type": contracts.kind(platform)}
        for coin, address in _contracts(market, platform)
    ]


def by_contract(market: Market, call: Call[PaprikaPlan]) -> None:
    """Moves on to the ticker of the coin that has this address."""
    raise moved(f"{call.root}/tickers/{_at_address(market, call).coinpaprika_id}")


def history_by_contract(market: Market, call: Call[PaprikaPlan]) -> None:
    """Moves on to the history of the coin that has this address, with the question asked."""
    question = f"?{urlencode(call.params)}" if call.params else ""
    coin = _at_address(market, call).coinpaprika_id
    raise moved(f"{call.root}/tickers/{coin}/historical{question}")


def search(market: Market, call: Call[PaprikaPlan]) -> dict[str, Any]:
    """Only currencies are simulated; what else was asked for is empty."""
    wanted = call.params.get("q", "").strip().lower()
    if not wanted:
        raise Instead(INVALID_PARAMETERS)
    most = whole(call.params.get("limit", "6"), least=1, most=250)
    by_symbol = call.params.get("modifier") == "symbol_search"
    ranks = market.ranking(call.at_ms).of_coinpaprika
    found = [
        _listed(coin, ranks.get(coin.key, 0))
        for coin in sorted(market.world.of_coinpaprika.values(), key=_order(ranks))
        if _matches(coin, wanted, by_symbol=by_symbol)
    ]
    asked = call.params.get("c", ",".join(CATEGORIES)).split(",")
    return {
        name: found[:most] if name == "currencies" else [] for name in CATEGORIES if name in asked
    }


def _listed(coin: Coin, rank: int) -> dict[str, Any]:
    return {
        "id": coin.coinpaprika_id,
        "name": coin.coinpaprika_name,
        "symbol": coin.coinpaprika_symbol,
        "rank": rank,
        "is_new": False,
        "is_active": coin.traded,
        "type": "coin" if coin.kind == "coin" else "token",
    }


def _order(ranks: Any) -> Any:
    return lambda coin: (ranks.get(coin.key, len(ranks) + 1), coin.coinpaprika_id)


def _matches(coin: Coin, wanted: str, *, by_symbol: bool) -> bool:
    symbol = coin.coinpaprika_symbol.lower()
    if by_symbol:
        return symbol == wanted
    return wanted in symbol or wanted in coin.coinpaprika_name.lower()


def _contracts(market: Market, platform: Platform) -> Iterator[tuple[Coin, str]]:
    for coin in market.world.of_coinpaprika.values():
        if platform.coingecko in coin.platforms:
            yield coin, contracts.coinpaprika_address(market.world, coin, platform)


def _at_address(market: Market, call: Call[PaprikaPlan]) -> Coin:
    platform = OF_COINPAPRIKA.get(call.path["platform"])
    wanted = call.path["address"]
    if platform is not None:
        for coin, address in _contracts(market, platform):
            same = address.lower() == wanted.lower() if platform.evm else address == wanted
            if same:
                return coin
    raise Instead(ID_NOT_FOUND)
