"""No question, however strange, makes the simulated servers fall over."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.sandbox import ANALYST, BUSINESS, Visitor

FIXED_BY_THE_REAL_ONE = 500  # what CoinGecko's candles answer without their parameters
GECKO_PATHS = [
    "/key",
    "/simple/price",
    "/simple/token_price/ethereum",
    "/coins/list",
    "/coins/bitcoin",
    "/coins/bitcoin/market_chart",
    "/coins/matic-network/market_chart/range",
    "/coins/bitcoin/market_chart/range",
    "/coins/bitcoin/ohlc",
    "/coins/bitcoin/history",
    "/coins/ethereum/contract/0x1",
    "/search",
]
PAPRIKA_PATHS = [
    "/tickers/btc-bitcoin",
    "/tickers/btc-bitcoin/historical",
    "/coins/btc-bitcoin/ohlcv/historical",
    "/coins/btc-bitcoin/ohlcv/today",
    "/contracts/eth-ethereum/0x1",
    "/search",
    "/price-converter",
]
NAMES = [
    "vs_currency",
    "vs_currencies",
    "ids",
    "names",
    "symbols",
    "category",
    "order",
    "per_page",
    "page",
    "precision",
    "days",
    "interval",
    "from",
    "to",
    "date",
    "query",
    "contract_addresses",
    "quotes",
    "quote",
    "start",
    "end",
    "limit",
    "q",
    "base_currency_id",
    "quote_currency_id",
    "amount",
]
VALUES = st.one_of(
    st.sampled_from(
        [
            "0",
            "1",
            "-1",
            "250",
            "99999999999",
            "1e9",
            "nan",
            "inf",
            "max",
            "usd",
            "btc",
            "full",
            "true",
            "1d",
            "24h",
            "5m",
            "bitcoin",
            "btc-bitcoin",
            "matic-polygon",
            "usd-us-dollars",
            "2026-09-01",
            "01-09-2026",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
        ]
    ),
    st.text(max_size=12).filter(lambda text: text.isprintable()),
)
SENSE = {"vs_currency": "usd", "days": "7", "start": "2026-10-01", "interval": "1d", "q": "a"}
QUESTIONS = st.builds(
    lambda sense, strange: (SENSE if sense else {}) | strange,
    st.booleans(),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
)
VISITOR = Visitor()
careful = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def answered(root, path, headers, question):
    answer = VISITOR.ask(root + path, headers=headers, **question)
    if answer.status_code == 200:
        json.loads(answer.content)
    return answer.status_code


@careful
@given(path=st.sampled_from(GECKO_PATHS), question=QUESTIONS, public=st.booleans())
def test_coingecko_has_an_answer_to_everything(path, question, public):
    root, headers = ("/coingecko", {}) if public else ("/coingecko-pro", ANALYST)
    status = answered(root + "/api/v3", path, headers, question)
    assert status < 500 or (path.endswith("/ohlc") and status == FIXED_BY_THE_REAL_ONE)


@careful
@given(path=st.sampled_from(PAPRIKA_PATHS), question=QUESTIONS, public=st.booleans())
def test_coinpaprika_has_an_answer_to_everything(path, question, public):
    root, headers = ("/coinpaprika", {}) if public else ("/coinpaprika-pro", BUSINESS)
    assert answered(root + "/v1", path, headers, question) < 500
