"""CoinGecko's two hosts: their paths, who may call them, and the headers of what they send."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from kasparro.sandbox.coingecko import charts, coin, discovery, exchanges, markets, overview, simple
from kasparro.sandbox.coingecko.parameters import number
from kasparro.sandbox.coingecko.plans import DEMO_KEYS, KEYLESS, PRO_KEYS, GeckoPlan
from kasparro.sandbox.coingecko.refusals import (
    CREDITS_SPENT,
    JSON,
    UNKNOWN_PATH,
    URI_TOO_LONG,
    invalid_key,
    key_missing,
    key_of_the_other_host,
    rate_limited,
)
from kasparro.sandbox.instants import SECOND_MS
from kasparro.sandbox.wire import Answer, Caller, Instead, Route, seconds

LONGEST_URI = 8_000
HOURLY_DAYS = 90


def _of_chart(params: Mapping[str, str]) -> int:
    """Half a minute for one day, half an hour for up to 90, half a day beyond."""
    days = number(params, "days", 1, least=0, most=HOURLY_DAYS + 1)
    if days <= 1:
        return 30
    return 1_800 if days <= HOURLY_DAYS else 43_200


CONTRACT = "/coins/{platform}/contract/{address}"
ROUTES: tuple[Route[GeckoPlan], ...] = (
    Route("/ping", overview.ping, seconds(30)),
    Route("/key", overview.key, seconds(1)),
    Route("/simple/price", simple.price, seconds(60)),
    Route("/simple/token_price/{platform}", simple.token_price, seconds(60)),
    Route("/simple/supported_vs_currencies", simple.supported_currencies, seconds(1_800)),
    Route("/coins/list", overview.coins, seconds(1_800)),
    Route("/coins/markets", markets.markets, seconds(60)),
    Route("/coins/categories/list", overview.categories, seconds(1_800)),
    Route("/coins/{id}", coin.page, seconds(60)),
    Route("/coins/{id}/market_chart", charts.chart, _of_chart),
    Route("/coins/{id}/market_chart/range", charts.chart_range, seconds(30)),
    Route("/coins/{id}/ohlc", charts.candles, _of_chart),
    Route("/coins/{id}/history", coin.snapshot, seconds(1_800)),
    Route("/coins/{id}/tickers", exchanges.tickers_of_coin, seconds(120)),
    Route(CONTRACT, coin.page_by_contract, seconds(60)),
    Route(CONTRACT + "/market_chart", charts.chart, _of_chart),
    Route(CONTRACT + "/market_chart/range", charts.chart_range, seconds(30)),
    Route("/exchanges", exchanges.all_exchanges, seconds(60)),
    Route("/exchanges/list", exchanges.names, seconds(1_800)),
    Route("/exchanges/{id}", exchanges.one_exchange, seconds(60)),
    Route("/exchanges/{id}/tickers", exchanges.tickers_of_exchange, seconds(60)),
    Route("/token_lists/{platform}/all.json", discovery.token_list, seconds(1_800)),
    Route("/asset_platforms", overview.asset_platforms, seconds(1_800)),
    Route("/exchange_rates", overview.exchange_rates, seconds(60)),
    Route("/search", overview.search, seconds(900)),
    Route("/search/trending", discovery.trending, seconds(600)),
    Route("/global", overview.totals, seconds(600)),
)


class CoinGeckoHost:
    """The public host takes a demo key or none, the pro host a pro key; each as header or
    parameter. A slash at the end of a path makes no difference."""

    routes = ROUTES
    unknown_path = UNKNOWN_PATH
    spent = CREDITS_SPENT

    def __init__(self, clock: Callable[[], datetime], *, pro: bool) -> None:
        self._clock = clock
        self._pro = pro

    def path(self, root: str, path: str, query: str) -> str:
        """Raises Instead for more than the servers take."""
        if len(root) + len(path) + len(query) > LONGEST_URI:
            raise Instead(URI_TOO_LONG)
        return path.rstrip("/")

    def caller(
        self, headers: Mapping[str, str], params: Mapping[str, str], address: str
    ) -> Caller[GeckoPlan]:
        """Raises Instead for a key that is unknown, or is one of the other host."""
        pro = headers.get("x-cg-pro-api-key") or params.get("x_cg_pro_api_key")
        demo = headers.get("x-cg-demo-api-key") or params.get("x_cg_demo_api_key")
        key = (pro or demo) if self._pro else (demo or pro)
        if key is None:
            if self._pro:
                raise key_missing(self._clock())
            return Caller(f"coingecko {address}", KEYLESS)
        plan = (PRO_KEYS if self._pro else DEMO_KEYS).get(key)
        if plan is not None:
            return Caller(f"coingecko {key}", plan)
        if self._pro and key in DEMO_KEYS:
            text = "Demo API keys are not accepted by this host: use api.coingecko.com."
            raise key_of_the_other_host(self._clock(), 10011, text)
        if key in PRO_KEYS:
            text = "Pro API keys are not accepted by this host: use pro-api.coingecko.com."
            raise key_of_the_other_host(self._clock(), 10010, text)
        raise invalid_key("pro" if self._pro else "demo")

    def rate_limited(self, wait: timedelta) -> Answer:
        return rate_limited(wait)

    def headers(self, body: bytes, _: int, age_ms: int, fresh_seconds: int) -> dict[str, str]:
        """Of a document that was made `age_ms` ago; it is known by its ETag."""
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        return {
            **JSON,
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "link, per-page, total",
            "Age": str(age_ms // SECOND_MS),
            "CF-Cache-Status": "HIT" if age_ms >= SECOND_MS else "MISS",
            "Cache-Control": f"max-age=30, public, must-revalidate, s-maxage={fresh_seconds}",
            "ETag": f'W/"{digest}"',
            "Vary": "Accept-Encoding, Origin",
        }
