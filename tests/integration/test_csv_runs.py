"""CSV files on a real database: what changed is what counts, and replay finds the same."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import kasparro
from kasparro.ingestion.replay import replay
from kasparro.ingestion.sources import BY_NAME
from support.csv_files import put
from support.house import House, house

HEADER = "coin_id,symbol,timestamp,price_usd\n"
YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"


def row(hour: int, price: str) -> str:
    return f"bitcoin,BTC,2026-05-01T{hour:02}:00:00Z,{price}\n"


DAY = [row(hour, f"{60000 + hour}.5") for hour in range(20)]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    put(tmp_path / "files/mine.csv", HEADER + "".join(DAY))
    return tmp_path / "files"


@pytest.fixture
def home(database_url: str, desk: Path) -> Iterator[House]:
    with house(database_url, csv_path=desk) as own:
        yield own


def test_a_row_put_in_at_the_top_and_one_changed_in_the_middle_are_the_two_that_count(
    home: House, desk: Path
) -> None:
    first = home.sweep("csv", "canonical")
    assert (first.new, first.changed, first.status) == (20, 0, "success")
    changed = [row(23, "1.5"), *DAY[:9], row(9, "2.5"), *DAY[10:]]
    put(desk / "mine.csv", HEADER + "".join(changed), age_seconds=60)
    second = home.sweep("csv", "canonical")
    assert (second.new, second.changed, second.unchanged) == (1, 1, 19)
    prices = home.prices("csv")
    assert prices["bitcoin", "2026-05-01T09:00:00Z"] == Decimal("2.5")
    assert prices["bitcoin", "2026-05-01T23:00:00Z"] == Decimal("1.5")
    assert home.value("select count(*) from observation_revisions") == 1


def test_a_file_that_did_not_change_is_not_read_again(home: House) -> None:
    home.sweep("csv", "canonical")
    before = home.digest()
    again = home.sweep("csv", "canonical")
    assert (again.status, again.payloads, again.new) == ("success", 0, 0)
    assert home.digest() == before


def test_rows_that_broke_their_contract_wait_in_the_quarantine_and_the_rest_is_stored(
    home: House, desk: Path
) -> None:
    bad = "bitcoin,BTC,2026-05-02,abc\nbitcoin,BTC,2026-05-02\n,,2026-05-02,\x005\n"
    put(desk / "mine.csv", HEADER + bad + "".join(DAY))
    report = home.sweep("csv", "canonical")
    assert (report.status, report.new, report.quarantined) == ("partial", 20, 3)
    reasons = home.rows("select position, field from quarantine order by position")
    assert reasons == [(0, "price_usd"), (1, ""), (2, "id")]


def test_files_of_several_shapes_speak_of_one_coin_in_series_of_their_own(
    home: House, desk: Path
) -> None:
    put(desk / "BTC-USD.csv", YAHOO + "2026-04-30,1,2,1,60000.25,60000.25,9\n")
    put(desk / "Bitcoin Historical.csv.txt", YAHOO + "2026-04-30,1,2,1,60000.75,60000.75,9\n")
    assert set(home.engine.register(home.connection)) >= {("csv", "canonical"), ("csv", "yahoo/1d")}
    home.sweep("csv", "canonical")
    home.sweep("csv", "yahoo/1d")
    coins = home.rows("select distinct coin_id from crypto_prices")
    assert coins == [("bitcoin",)]
    at_midnight = "select price_usd from crypto_prices where timestamp = '2026-05-01' order by 1"
    assert [price for (price,) in home.rows(at_midnight)] == [
        Decimal("60000.25"),
        Decimal("60000.5"),
        Decimal("60000.75"),
    ]


def test_replay_finds_what_the_runs_found(home: House, desk: Path) -> None:
    put(desk / "BTC-USD.csv", YAHOO + "2026-05-17,1,2,1,5.25,1,9\n2026-05-18,1,2,1,6.25,1,9\nx,1\n")
    home.engine.register(home.connection)
    home.sweep("csv", "canonical")
    home.sweep("csv", "yahoo/1d")
    put(desk / "mine.csv", HEADER + row(7, "3.5") + "".join(DAY[:5]), age_seconds=60)
    home.sweep("csv", "canonical")
    found = replay(
        home.url, BY_NAME, holder="test", lease_duration=timedelta(seconds=30), verify=True
    )
    assert found.payloads == 3
    assert not any(found.differences.values())


def test_the_shipped_sample_is_stored_without_a_fault(database_url: str) -> None:
    sample = Path(kasparro.__file__).parent / "samples"
    with house(database_url, csv_path=sample) as home:
        report = home.sweep("csv", "canonical")
        assert (report.status, report.quarantined) == ("success", 0)
        assert report.new >= 30
        coins = {coin for (coin,) in home.rows("select distinct coin_id from crypto_prices")}
        assert coins >= {"bitcoin", "ethereum", "xrp", "cardano", "dogecoin", "litecoin"}
