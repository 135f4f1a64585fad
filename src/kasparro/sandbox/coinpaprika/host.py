"""CoinPaprika's two hosts: their paths, who may call them, and the headers of what they send."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime

from kasparro.sandbox.coinpaprika import (
    coins,
    deprecated,
    exchanges,
    history,
    labels,
    overview,
    tickers,
)
from kasparro.sandbox.coinpaprika.plans import FREE, KEYS, PaprikaPlan
from kasparro.sandbox.coinpaprika.refusals import (
    INVALID_KEY,
    JSON,
    QUOTA_SPENT,
    RATE_LIMITED,
    UNKNOWN_PATH,
    moved,
)
from kasparro.sandbox.instants import SECOND_MS, moment
from kasparro.sandbox.wire import Answer, Caller, Instead, Route, seconds

ROUTES: tuple[Route[PaprikaPlan], ...] = (
    Route("/tickers", tickers.all_tickers, seconds(60)),
    Route("/tickers/simple", tickers.simple_tickers, seconds(60)),
    Route("/tickers/{id}", tickers.one_ticker, seconds(60)),
    Route("/tickers/{id}/historical", history.ticks, seconds(60)),
    Route("/coins", coins.all_coins, seconds(60)),
    Route("/coins/mappings", labels.mappings, seconds(60)),
    Route("/coins/{id}", coins.one_coin, seconds(60)),
    Route("/coins/{id}/markets", exchanges.markets_of_coin, seconds(60)),
    Route("/coins/{id}/exchanges", exchanges.exchanges_of_coin, seconds(60)),
    Route("/coins/{id}/events", labels.nothing_of_a_coin, seconds(60)),
    Route("/coins/{id}/twitter", labels.nothing_of_a_coin, seconds(60)),
    Route("/coins/{id}/ohlcv/latest", history.latest_candle, seconds(60)),
    Route("/coins/{id}/ohlcv/today", history.today_candle, seconds(60)),
    Route("/coins/{id}/ohlcv/historical", history.candles, seconds(60)),
    Route("/exchanges", exchanges.all_exchanges, seconds(60)),
    Route("/exchanges/{id}", exchanges.one_exchange, seconds(60)),
    Route("/exchanges/{id}/markets", exchanges.markets_of_exchange, seconds(60)),
    Route("/tags", labels.all_tags, seconds(60)),
    Route("/tags/{id}", labels.one_tag, seconds(60)),
    Route("/people/{id}", labels.nobody, seconds(60)),
    Route("/ticker", deprecated.all_tickers, seconds(60)),
    Route("/ticker/{id}", deprecated.one_ticker, seconds(60)),
    Route("/contracts", coins.all_platforms, seconds(60)),
    Route("/contracts/{platform}", coins.on_platform, seconds(60)),
    Route("/contracts/{platform}/{address}", coins.by_contract, seconds(60)),
    Route("/contracts/{platform}/{address}/historical", coins.history_by_contract, seconds(60)),
    Route("/global", overview.overview, seconds(60)),
    Route("/search", coins.search, seconds(60)),
    Route("/price-converter", overview.convert, seconds(60)),
    Route("/key/info", overview.key_info, seconds(60)),
    Route("/changelog/ids", overview.changed_ids, seconds(60)),
)
CACHED = "public, max-age=60, s-maxage=60, stale-while-revalidate=10, stale-if-error=600"


class CoinPaprikaHost:
    """The free host takes no key, the paid one nothing without: bare, in Authorization."""

    routes = ROUTES
    unknown_path = UNKNOWN_PATH
    spent = QUOTA_SPENT

    def __init__(self, *, paid: bool) -> None:
        self._paid = paid

    def path(self, root: str, path: str, query: str) -> str:
        """Raises Instead for a slash at the end: it is moved away."""
        if len(path) > 1 and path.endswith("/"):
            raise moved(root + path.rstrip("/") + (f"?{query}" if query else ""))
        return path

    def caller(
        self, headers: Mapping[str, str], _: Mapping[str, str], address: str
    ) -> Caller[PaprikaPlan]:
        """Raises Instead when the key is not one of ours."""
        if not self._paid:
            return Caller(f"coinpaprika {address}", FREE)
        key = headers.get("authorization", "")
        if key not in KEYS:
            raise Instead(INVALID_KEY)
        return Caller(f"coinpaprika {key}", KEYS[key])

    def rate_limited(self, _: timedelta) -> Answer:
        """Never says for how long."""
        return RATE_LIMITED

    def headers(self, _: bytes, at_ms: int, age_ms: int, __: int) -> dict[str, str]:
        """Of a document that was made `age_ms` ago; there is no ETag, only Last-Modified."""
        return {
            **JSON,
            "Accept-Ranges": "bytes",
            "Access-Control-Allow-Origin": "*",
            "Age": str(age_ms // SECOND_MS),
            "CF-Cache-Status": "HIT" if age_ms >= SECOND_MS else "MISS",
            "Cache-Control": CACHED,
            "Last-Modified": format_datetime(moment(at_ms).replace(microsecond=0), usegmt=True),
            "Vary": "Accept-Encoding,Origin",
        }
