"""Records as the providers send them, with values made up for the test."""

from typing import Any

SEEN = "2026-05-18T11:59:21Z"


def ticker(id_: str = "btc-bitcoin", **changes: Any) -> dict[str, Any]:
    """One item of CoinPaprika's /tickers on the free plan; quote fields go by their own names."""
    quote = {
        "price": 60000.5,
        "volume_24h": 31000000000.25,
        "volume_24h_change_24h": -1.5,
        "market_cap": 1200000000000,
        "market_cap_change_24h": 0.5,
        "percent_change_15m": 0.01,
        "percent_change_30m": 0,
        "percent_change_1h": 0.1,
        "percent_change_6h": 0.2,
        "percent_change_12h": 0.3,
        "percent_change_24h": 2.5,
        "percent_change_7d": 4.5,
        "percent_change_30d": 0,
        "percent_change_1y": 40.5,
        "ath_price": 126000.25,
        "ath_date": "2025-10-06T18:57:42Z",
        "percent_from_price_ath": -52.4,
    }
    symbol, _, name = id_.partition("-")
    record = {
        "id": id_,
        "name": name.replace("-", " ").title(),
        "symbol": symbol.upper(),
        "rank": 1,
        "total_supply": 19900000,
        "max_supply": 21000000,
        "beta_value": 0.98,
        "first_data_at": "2010-07-17T00:00:00Z",
        "last_updated": SEEN,
    }
    own = {key: value for key, value in changes.items() if key not in quote}
    return (
        record | own | {"quotes": {"USD": quote | {k: v for k, v in changes.items() if k in quote}}}
    )


def coin(id_: str = "bitcoin", **changes: Any) -> dict[str, Any]:
    """One item of CoinGecko's /coins/markets."""
    record = {
        "id": id_,
        "symbol": {"bitcoin": "btc", "ethereum": "eth"}.get(id_, id_[:3]),
        "name": id_.replace("-", " ").title(),
        "image": f"https://coin-images.example/{id_}.png",
        "current_price": 60010.25,
        "market_cap": 1200100000000,
        "market_cap_rank": 1,
        "fully_diluted_valuation": 1260000000000,
        "total_volume": 31500000000,
        "high_24h": 61000,
        "low_24h": 58000.5,
        "price_change_24h": 1475.123456789,
        "price_change_percentage_24h": 2.52,
        "market_cap_change_24h": 29000000000.5,
        "market_cap_change_percentage_24h": 2.48,
        "circulating_supply": 19900000.0,
        "total_supply": 19900000.0,
        "max_supply": 21000000.0,
        "ath": 126080,
        "ath_change_percentage": -52.4,
        "ath_date": "2025-10-06T18:57:42.558Z",
        "atl": 67.81,
        "atl_change_percentage": 88400.1,
        "atl_date": "2013-07-06T00:00:00.000Z",
        "roi": None,
        "last_updated": "2026-05-18T11:59:30.931Z",
    }
    return record | changes


def coins(first: int, number: int, **changes: Any) -> list[dict[str, Any]]:
    """A stretch of made-up coins, by number."""
    return [
        coin(f"coin-{n}", symbol=f"c{n}", current_price=n + 0.5, market_cap_rank=n, **changes)
        for n in range(first, first + number)
    ]
