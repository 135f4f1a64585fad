"""Reads which coin a file is about, and in what it is priced, out of pairs and file names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from kasparro.core import contract

DOLLARS = frozenset({"USD", "USDT", "USDC"})
"""What counts as a US dollar. USDT and USDC do, and are named in the listing's evidence."""

_QUOTES = sorted(
    contract.names(
        "USD USDT USDC BUSD TUSD FDUSD GUSD PYUSD USDP USDS USDE DAI EUR EURT EURC EURI GBP JPY "
        "KRW CNY INR TRY AUD CAD CHF BRL RUB MXN ZAR PLN UAH NGN IDR SGD HKD ARS BTC XBT ETH BNB "
        "SOL"
    ),
    key=lambda quote: (-len(quote), quote),
)
# Written in one word they end like a pair and are none.
_ONE_COIN = contract.names(
    "alusd bitusd busd crvusd cusd dusd eusd fdusd frxusd gusd husd lusd musd ousd pyusd rlusd "
    "rusd susd tusd usdd usdt usdc vusd xusd zusd"
)
_NOISE = contract.names(
    "a all ath binance bitfinex bitstamp candle candles chart close coin coinbase coincodex "
    "coindesk coingecko coinmarketcap coinmetrics coins com community crypto cryptocurrency "
    "cryptodatadownload csv d daily data dataset day days download export finance full gecko "
    "gemini h historical history hour hourly investing kaggle kraken m market marketcap markets "
    "max metrics min minute monthly of okx ohlc ohlcv price prices quotes sample series style test "
    "the ticker time usd utc weekly www y yahoo year yearly yfinance"
)
_DATED = re.compile(r"\d+[smhdwy]?").fullmatch  # 2024, 24h
_PAIR = re.compile(r"([A-Za-z0-9]{2,20})[-_/:. ]([A-Za-z]{3,5})")


class Pair(NamedTuple):
    """A coin and what its price is counted in, in upper case."""

    base: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCoins:
    """The coins a word in a file name may mean: the shipped map, by what it calls them."""

    by_symbol: Mapping[str, frozenset[str]] = field(default_factory=dict)  # upper case: slugs
    by_name: Mapping[str, frozenset[str]] = field(default_factory=dict)  # slug or name: slugs
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # slug: symbol and name


def known_coins(rows: Iterable[tuple[str, str, str]]) -> KnownCoins:
    """From (slug, symbol, name) of each coin."""
    by_symbol: dict[str, frozenset[str]] = {}
    by_name: dict[str, frozenset[str]] = {}
    names: dict[str, tuple[str, str]] = {}
    for slug, symbol, name in rows:
        names[slug] = (symbol, name)
        own = frozenset({slug})
        by_symbol[symbol.upper()] = by_symbol.get(symbol.upper(), frozenset()) | own
        for word in {slug, slug.removeprefix("the-"), full_name(name)} - {""}:
            by_name[word] = by_name.get(word, frozenset()) | own
    return KnownCoins(by_symbol=by_symbol, by_name=by_name, names=names)


@lru_cache(maxsize=1024)
def pair_of(text: str) -> Pair | None:
    """The pair written as `BTC/USDT`, `BTC-USD` or `BTCUSD`; None for anything else."""
    match = _PAIR.fullmatch(text.strip())
    if match is not None and match[2].upper() in _QUOTES:
        return Pair(match[1].upper(), match[2].upper())
    joined = text.strip().upper()
    for quote in _QUOTES:
        if joined.endswith(quote) and joined.isalnum() and len(joined) > len(quote) + 1:
            return Pair(joined.removesuffix(quote), quote)
    return None


def pair_in_name(stem: str) -> Pair | None:
    """The pair a file name holds, such as `BTC-USD` or `Binance_BTCUSDT_1h`."""
    words = _words(stem)
    for word, following in pairwise(words):
        if following.upper() in _QUOTES and word not in _NOISE and len(word) > 1:
            return Pair(word.upper(), following.upper())
    for word in words:
        if word not in _ONE_COIN and word.upper().endswith((*DOLLARS, "EUR", "GBP")):
            pair = pair_of(word)
            if pair is not None:
                return pair
    return None


def full_name(stem: str) -> str:
    """All words of a name, lower case, joined by `-`."""
    return "-".join(_words(stem))


def word_in_name(stem: str) -> str:
    """What is left of a file name without the words that name no coin, such as `bitcoin-cash`."""
    return "-".join(word for word in _words(stem) if word not in _NOISE and not _DATED(word))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())
