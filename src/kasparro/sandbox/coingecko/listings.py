"""Which coins CoinGecko shows, and which of them a question is about."""

from collections.abc import Iterable, Mapping, Sequence

from kasparro.sandbox.coingecko.parameters import listed, yes
from kasparro.sandbox.coingecko.refusals import coin_not_found
from kasparro.sandbox.draws import draws
from kasparro.sandbox.instants import HOUR_MS, MINUTE_MS, SECOND_MS
from kasparro.sandbox.market import Market
from kasparro.sandbox.world import Coin

CATEGORIES = {"stablecoins": "Stablecoins", "rehypothecated-tokens": "Rehypothecated Tokens"}
MIGRATED_AT_MS = 1_757_000_000_000  # since then the coin's page stands empty
QUIET = 0.03  # of the coins below SMALL dollars trade so seldom that their time is hours old
SMALL = 3e9
MOST_EARLY_MS = 20 * SECOND_MS


def listed_coins(market: Market) -> Iterable[Coin]:
    coins = market.world.of_coingecko.values()
    return (coin for coin in coins if coin.state != "inactive")


def one(market: Market, coin_id: str) -> Coin:
    """Raises Instead when no such coin is listed."""
    coin = market.world.of_coingecko.get(coin_id)
    if coin is None or coin.state == "inactive":
        raise coin_not_found()
    return coin


def chosen(market: Market, params: Mapping[str, str], at_ms: int) -> Sequence[Coin] | None:
    """The coins asked for by ids, names or symbols, in that order of precedence; None: by none.

    What is not known is left out in silence. A symbol means its largest coin, unless
    include_tokens=all.
    """
    known = {coin.coingecko_id: coin for coin in listed_coins(market)}
    if "ids" in params:
        return [known[id_] for id_ in dict.fromkeys(listed(params["ids"])) if id_ in known]
    if "names" in params:
        names = {name.strip().lower() for name in params["names"].split(",")}
        return [coin for coin in known.values() if coin.name.lower() in names]
    if "symbols" not in params:
        return None
    symbols = {symbol.lower() for symbol in listed(params["symbols"])}
    found = [coin for coin in by_size(market, known.values(), at_ms) if coin.symbol in symbols]
    if params.get("include_tokens") == "all":
        return found
    return list({coin.symbol: coin for coin in reversed(found)}.values())


def of_category(coins: Iterable[Coin], category: str) -> Sequence[Coin]:
    """Of the few categories there are here; any other has no coins."""
    match category:
        case "stablecoins":
            return [coin for coin in coins if coin.kind == "stablecoin"]
        case "rehypothecated-tokens":
            return [coin for coin in coins if coin.rehypothecated]
        case _:
            return []


def by_size(market: Market, coins: Iterable[Coin], at_ms: int) -> Sequence[Coin]:
    """Largest first; what has no size comes last, by id."""
    ranks = market.ranking(at_ms).of_coingecko_with_rehypothecated
    return sorted(coins, key=lambda coin: (ranks.get(coin.key, len(ranks) + 1), coin.coingecko_id))


def wanted(market: Market, params: Mapping[str, str], at_ms: int) -> Sequence[Coin]:
    """The coins a list of markets is about. What stands for other coins needs its flag."""
    if "category" in params:
        return of_category(listed_coins(market), params["category"])
    asked = chosen(market, params, at_ms)
    if asked is not None:
        return asked
    whole = yes(params, "include_rehypothecated")
    return [coin for coin in listed_coins(market) if whole or not coin.rehypothecated]


def updated_ms(market: Market, coin: Coin, at_ms: int) -> int:
    """The coin's own time: within two minutes for most, hours ago for what hardly trades."""
    if not coin.traded:
        return MIGRATED_AT_MS
    seed = market.world.seed
    quiet, spread, phase = draws(3, seed, coin.key, "rhythm")
    seldom = quiet < QUIET and coin.worth_usd < SMALL
    every = (1 + spread) * (2 * HOUR_MS if seldom else MINUTE_MS)
    turn = int((at_ms - phase * every) // every)
    (early,) = draws(1, seed, coin.key, "early", turn)
    return int((turn + phase) * every - early * min(every / 3, MOST_EARLY_MS))
