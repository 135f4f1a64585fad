"""The official Python clients of both sources talk to the simulated ones without being changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import coingecko_sdk
import coinpaprika.client
import coinpaprika.exceptions
import pycoingecko
import pytest

from kasparro.sandbox.app import create_sandbox
from kasparro.sandbox.server import Addresses, serve
from support.sandbox import START


@pytest.fixture(scope="module")
def at() -> Iterator[Addresses]:
    wall = START

    def goes_on() -> datetime:
        nonlocal wall
        wall += timedelta(minutes=1)
        return wall

    sandbox = create_sandbox(seed=1, clock=lambda: START, traffic_clock=goes_on)
    with serve(sandbox) as addresses:
        yield addresses


def test_pycoingecko_reads_prices_charts_and_coins(at):
    client = pycoingecko.CoinGeckoAPI(demo_api_key="CG-sandbox-demo-1a2b3c")
    client.api_base_url = at.coingecko + "/"
    with client.session:
        assert client.ping() == {"gecko_says": "(V3) To the Moon!"}
        prices = client.get_price(["bitcoin", "ethereum"], ["usd", "eur"], include_market_cap=True)
        assert prices["bitcoin"]["usd"] > prices["ethereum"]["usd"] > 0
        page = client.get_coins_markets("usd", per_page=250, include_rehypothecated=True)
        assert len(page) == 250
        assert client.get_coin_by_id("bitcoin", tickers=False)["symbol"] == "btc"
        assert len(client.get_coins_list()) > 2000
        assert len(client.get_coin_market_chart_by_id("bitcoin", "usd", 30)["prices"]) > 700
        past = client.get_coin_market_chart_range_by_id("bitcoin", "usd", 1788220800, 1789084800)
        assert past["total_volumes"]
        assert client.get_coin_history_by_id("bitcoin", "30-09-2026")["market_data"]
        assert client.get_coin_ohlc_by_id("bitcoin", "usd", 7)
        assert client.get_global()["active_cryptocurrencies"] > 2000
        assert client.search("uniswap")["coins"][0]["id"] == "uniswap"
        assert client.get_exchange_rates()["rates"]["usd"]["type"] == "fiat"
        assert client.get_asset_platforms()
        assert client.get_exchanges_list()[0]["id"] == "binance"
        assert client.get_exchanges_by_id("binance")["tickers"]
        assert client.get_coin_ticker_by_id("bitcoin")["tickers"]
        assert client.get_search_trending()["coins"]
        assert len(client.get_supported_vs_currencies()) == 63
        with pytest.raises(ValueError, match="coin not found"):
            client.get_coin_by_id("nobody")


def test_coingecko_sdk_reads_prices_charts_and_coins_and_checks_every_answer(at):
    sdk = coingecko_sdk
    with sdk.Coingecko(
        base_url=at.coingecko,
        demo_api_key="CG-sandbox-demo-1a2b3c",
        environment=None,
        max_retries=0,
        _strict_response_validation=True,
    ) as client:
        assert client.ping.get().gecko_says == "(V3) To the Moon!"
        prices = client.simple.price.get(ids="bitcoin", vs_currencies="usd")
        assert prices["bitcoin"].usd > 0
        page = client.coins.markets.get(vs_currency="usd", per_page=250, sparkline=True)
        assert len(page) == 250
        assert page[0].last_updated <= datetime.now(UTC) + timedelta(days=36_500)
        assert client.coins.get_id("bitcoin").symbol == "btc"
        assert len(client.coins.list.get(include_platform=True)) > 2000
        chart = client.coins.market_chart.get("bitcoin", vs_currency="usd", days="30")
        assert len(chart.prices) == len(chart.market_caps) > 700
        past = client.coins.market_chart.get_range(
            "bitcoin", vs_currency="usd", from_="2026-09-01", to="2026-09-11"
        )
        assert past.prices
        assert client.coins.history.get("bitcoin", date="2026-09-30").market_data
        assert client.coins.ohlc.get("bitcoin", vs_currency="usd", days="7")
        assert client.global_.get().data.active_cryptocurrencies > 2000
        assert client.search.get(query="uniswap").coins[0].id == "uniswap"
        assert client.exchange_rates.get().rates
        assert client.asset_platforms.get()
        assert client.exchanges.get()[0].name == "Binance"
        assert client.exchanges.get_id("binance").tickers
        assert client.exchanges.get_list()
        assert client.exchanges.tickers.get("binance").tickers
        assert client.coins.tickers.get("bitcoin").tickers
        assert client.search.trending.get().coins
        assert client.token_lists.get_all_json("ethereum").tokens
        with pytest.raises(sdk.NotFoundError):
            client.coins.get_id("nobody")


def test_coinpaprika_sdk_reads_tickers_history_and_contracts(at):
    client_of = coinpaprika.client.Client
    if not hasattr(client_of, "_get_base_url"):
        pytest.skip("an unofficial package of the same name is installed")
    free, paid = client_of(), client_of(api_key="sandbox-business-4d5e6f")
    free._base_url, paid._base_url = at.coinpaprika, at.coinpaprika_paid
    with free.session, paid.session:
        assert len(free.tickers()) == 2000
        assert free.ticker("btc-bitcoin", quotes="USD,BTC")["quotes"]["BTC"]["price"] == 1
        assert len(free.coins()) > 2200
        assert free.coin("btc-bitcoin")["name"] == "Bitcoin"
        assert len(free.historical("btc-bitcoin", start="2026-09-01", interval="1d")) == 32
        assert free.candle("btc-bitcoin")
        assert free.today("btc-bitcoin")
        assert free.global_market()["cryptocurrencies_number"] > 2000
        assert free.search(q="btc")["currencies"]
        assert free.price_converter(
            base_currency_id="btc-bitcoin", quote_currency_id="eth-ethereum", amount=1
        )["price"]
        assert "eth-ethereum" in free.platforms()
        contract = free.contracts("eth-ethereum")[0]
        ticker = free.ticker_by_contract("eth-ethereum", contract["address"])
        assert ticker["id"] == contract["id"]
        assert len(paid.ohlcv("btc-bitcoin", start="2026-09-01", end="2026-09-11")) == 10
        assert paid.key_info()["plan"] == "business"
        assert paid.changelog_ids() == []
        assert free.markets("btc-bitcoin")[0]["exchange_id"] == "binance"
        assert free.exchanges("btc-bitcoin")
        assert free.exchange_list()
        assert free.tags()
        assert free.events("btc-bitcoin") == []
        assert paid.coin_mappings(coingecko="bitcoin")[0]["coinpaprika"] == "btc-bitcoin"
        exceptions = coinpaprika.exceptions
        with pytest.raises(exceptions.CoinpaprikaAPIPaymentRequiredException):
            free.historical("btc-bitcoin", start="2020-01-01", interval="1d")
        with pytest.raises(exceptions.CoinpaprikaAPINotFoundException):
            free.ticker("nobody")
