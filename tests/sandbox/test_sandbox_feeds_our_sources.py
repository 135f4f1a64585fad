"""What the simulated servers send is what our connectors read of the real ones."""

from datetime import UTC, datetime, timedelta

import pytest

from kasparro.core.source import Options
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources import coingecko, coinpaprika
from support.sandbox import START, Visitor, fetched, sweep

INSTANTS = [
    START,
    START + timedelta(minutes=7, milliseconds=345),
    datetime(2024, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
]
STREAMS = [
    pytest.param(source, stream, id=f"{source.name}/{stream.name}")
    for source in (coinpaprika.SOURCE, coingecko.SOURCE)
    for stream in source.streams
]
EVERYTHING = Options(top=20_000)


def told(visitor, source, stream):
    """What a whole sweep says, page by page."""
    return list(sweep(visitor, source, stream, EVERYTHING))


@pytest.mark.parametrize("source, stream", STREAMS)
@pytest.mark.parametrize("instant", INSTANTS, ids=str)
def test_nothing_is_quarantined_and_no_field_is_unknown(visitor, source, stream, instant):
    visitor.now = instant
    pages = told(visitor, source, stream)
    assert sum(page.records for page in pages) > 1000
    assert [page.rejections for page in pages if page.rejections] == []
    assert [dict(page.unknown_fields) for page in pages if page.unknown_fields] == []


@pytest.mark.parametrize("seed", [2, 77])
def test_nothing_is_quarantined_whatever_the_seed(seed):
    visitor = Visitor(seed=seed)
    for source in (coinpaprika.SOURCE, coingecko.SOURCE):
        for page in told(visitor, source, source.streams[0]):
            assert page.rejections == []


def test_a_price_stream_has_as_many_records_as_our_connectors_find_plausible(visitor):
    for source in (coinpaprika.SOURCE, coingecko.SOURCE):
        stream = source.streams[0]
        pages = told(visitor, source, stream)
        assert sum(page.records for page in pages) >= stream.plausible_records


def test_contracts_are_as_many_as_our_connector_finds_plausible(visitor):
    pages = told(visitor, coinpaprika.SOURCE, coinpaprika.CONTRACTS)
    assert sum(page.records for page in pages) >= coinpaprika.CONTRACTS.plausible_records


def test_most_prices_are_new_a_few_minutes_later(visitor):
    before = prices(told(visitor, coinpaprika.SOURCE, coinpaprika.TICKERS))
    visitor.now += timedelta(minutes=5)
    after = prices(told(visitor, coinpaprika.SOURCE, coinpaprika.TICKERS))
    moved = [id_ for id_ in before if before[id_] != after.get(id_)]
    assert len(moved) > 0.9 * len(before)


def test_a_coin_says_the_same_whenever_it_names_the_same_time(visitor):
    said = {}
    for _ in range(12):
        visitor.now += timedelta(seconds=20)
        for page in told(visitor, coinpaprika.SOURCE, coinpaprika.TICKERS):
            for item in page.observations:
                key = (item.source_asset_id, item.observed_at)
                values = (item.price_usd, item.market_cap_usd, item.volume_24h_usd)
                assert said.setdefault(key, values) == values
    assert len(said) > 4000


def test_a_coin_we_still_track_is_found_by_its_id(visitor):
    for source, stream, id_ in (
        (coinpaprika.SOURCE, coinpaprika.TICKERS, "btc-bitcoin"),
        (coingecko.SOURCE, coingecko.MARKETS, "bitcoin"),
    ):
        cursor = stream.recall.cursor([id_])
        result = interpret(stream, fetched(visitor, source, stream.request(cursor), cursor))
        assert [item.source_asset_id for item in result.observations] == [id_]


def test_a_migrated_coin_is_still_listed_and_has_no_price(visitor):
    cursor = coingecko.MARKETS.recall.cursor(["matic-network"])
    request = coingecko.MARKETS.request(cursor)
    result = interpret(coingecko.MARKETS, fetched(visitor, coingecko.SOURCE, request, cursor))
    assert [item.source_asset_id for item in result.listings] == ["matic-network"]
    assert result.observations == []
    assert result.without_price == 1


def test_both_sources_give_the_contracts_of_a_token_in_ways_we_read_as_one(visitor):
    gecko, paprika = {}, {}
    for page in told(visitor, coingecko.SOURCE, coingecko.COINS):
        gecko |= {item.source_asset_id: set(item.contracts) for item in page.listings}
    for page in told(visitor, coinpaprika.SOURCE, coinpaprika.CONTRACTS):
        for item in page.listings:
            paprika.setdefault(item.source_asset_id, set()).update(item.contracts)
    assert gecko["tether"] == paprika["usdt-tether"]
    assert len(gecko["tether"]) == 3
    assert gecko["bitcoin"] == set()


def prices(pages):
    return {item.source_asset_id: item.price_usd for page in pages for item in page.observations}
