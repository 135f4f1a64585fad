"""The CSV shapes we know, a row of a table each: another export is one more row, not a branch."""

from kasparro.core.csv.shape import Columns, CsvShape


def _needs(*texts: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(text.split("|")) for text in texts)


def _candle(**others: str) -> Columns:
    columns = {"price_usd": "close", "open_usd": "open", "high_usd": "high", "low_usd": "low"}
    return {name: tuple(text.split("|")) for name, text in (columns | others).items()}


CANONICAL = CsvShape(
    name="canonical",
    needs=_needs("timestamp|price_usd|coin_id", "timestamp|price_usd|symbol"),
    columns={
        "time": ("timestamp",),
        "price_usd": ("price_usd",),
        "market_cap_usd": ("market_cap",),
        "volume_24h_usd": ("volume_24h",),
        "change_24h_percent": ("price_change_24h",),
        "coin_id": ("coin_id",),
        "symbol": ("symbol",),
        "name": ("name",),
    },
    time="instant",
    volume="rolling",
    zero_cap_is_unknown=False,
    ignored=("id", "source"),  # the view has them, so its exports do
)
COINGECKO_EXPORT = CsvShape(
    name="coingecko-export",
    needs=_needs("snapped_at|price"),
    columns={
        "time": ("snapped_at",),
        "price_usd": ("price",),
        "market_cap_usd": ("market_cap",),
        "volume_24h_usd": ("total_volume",),
    },
    time="instant",
    interval="1d",
    volume="rolling",
    lower_case_ids=True,
)
COINMARKETCAP = CsvShape(
    name="coinmarketcap",
    needs=_needs("timeopen|timeclose|close"),
    columns=_candle(
        time="timeclose", market_cap_usd="marketcap", volume_24h_usd="volume", quote="name"
    ),
    time="close",
    interval="1d",
    quotes={"2781": "USD"},  # their id of the currency, in a column called name
    ignored=("timeopen", "timehigh", "timelow", "circulatingsupply", "timestamp"),
)
KAGGLE = CsvShape(
    name="kaggle",
    needs=_needs("name|symbol|date|open|high|low|close|marketcap"),
    columns=_candle(
        time="date",
        market_cap_usd="marketcap",
        volume_24h_usd="volume",
        symbol="symbol",
        name="name",
    ),
    time="close",
    interval="1d",
    ignored=("sno",),
)
CRYPTODATADOWNLOAD = CsvShape(
    name="cryptodatadownload",
    needs=_needs(
        "unix|symbol|open|high|low|close",
        "unix timestamp|symbol|open|high|low|close",
        "date|symbol|open|high|low|close|volume usd",
        "date|symbol|open|high|low|close|volume usdt",
    ),
    columns=_candle(
        time="unix|unix timestamp|date",
        time_again="date",
        pair="symbol",
        volume_24h_usd="volume usd|volume usdt|volume usdc",
    ),
    time="start",
    ignored=("volume *", "volume", "tradecount"),
)
YAHOO = CsvShape(
    name="yahoo",
    needs=_needs(
        "date|open|high|low|close|adj close",
        "datetime|open|high|low|close|adj close",
        "date|open|high|low|close|dividends|stock splits",
        "datetime|open|high|low|close|dividends|stock splits",
    ),
    columns=_candle(time="date|datetime", volume_24h_usd="volume"),
    time="start",
    interval="1d",
    ignored=("adj close", "dividends", "stock splits"),
)
INVESTING = CsvShape(
    name="investing",
    needs=_needs("date|price|open|high|low|change %"),
    columns=_candle(time="date", price_usd="price", change_24h_percent="change %"),
    time="start",
    interval="1d",
    day_first=False,
    ignored=("vol.",),  # counted in coins
)
# PriceUSD is of the end of the day, ReferenceRateUSD the same with the time it is of:
# https://docs.coinmetrics.io/network-data/network-data-overview/market/price, read 2026-11.
COINMETRICS = CsvShape(
    name="coinmetrics",
    needs=_needs("time|priceusd"),
    columns={
        "time": ("time",),
        "price_usd": ("priceusd",),
        "market_cap_usd": ("capmrktcurusd", "capmrktestusd"),
    },
    time="start",
    interval="1d",
    ignored=("*",),
)
COINMETRICS_RATES = CsvShape(
    name="coinmetrics-rates",
    needs=_needs("time|referencerateusd", "time|referencerate"),
    columns={"time": ("time",), "price_usd": ("referencerateusd", "referencerate")},
    time="instant",
    interval="1d",
    ignored=("*",),
)
COINGECKO_MARKETS = CsvShape(
    name="coingecko-markets",
    needs=_needs("id|symbol|name|current_price|last_updated"),
    columns={
        "time": ("last_updated",),
        "price_usd": ("current_price",),
        "market_cap_usd": ("market_cap",),
        "volume_24h_usd": ("total_volume",),
        "change_24h_percent": ("price_change_percentage_24h",),
        "symbol": ("symbol",),
        "name": ("name",),
        "foreign_id": ("id",),
    },
    time="instant",
    volume="rolling",
    assumed_quote="USD",
    ignored=("*",),
)
BITFINEX = CsvShape(
    name="bitfinex",
    needs=_needs("timestamp_ms|open|close|high|low|volume"),
    columns=_candle(time="timestamp_ms"),
    time="start",
    ignored=("volume",),  # counted in coins
    headerless=("timestamp_ms", "open", "close", "high", "low", "volume"),
)

SHAPES = (
    CANONICAL,
    COINGECKO_EXPORT,
    COINMARKETCAP,
    KAGGLE,
    CRYPTODATADOWNLOAD,
    YAHOO,
    INVESTING,
    COINMETRICS,
    COINMETRICS_RATES,
    COINGECKO_MARKETS,
    BITFINEX,
)

MAPPED = CsvShape(
    name="mapped",
    needs=(),
    columns={},
    time="instant",
    volume="rolling",
    zero_cap_is_unknown=False,
)
"""A layout of the user's own: what its columns stand for comes with the file, not from here."""

BY_NAME = {shape.name: shape for shape in (*SHAPES, MAPPED)}
