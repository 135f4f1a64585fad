"""What a CSV file does not say, its owner may; what nobody said is refused, never guessed."""

from decimal import Decimal

import pytest

from support.csv_files import dataset, put, read, refusal

YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"
DAY = "2026-02-01,1,2,1,1.5,1.5,9\n"
INVESTING = '"Date","Price","Open","High","Low","Vol.","Change %"\n'
CDD = "unix,date,symbol,open,high,low,close,Volume BTC,Volume USDT,tradecount\n"


@pytest.mark.parametrize(
    "name, id_, coin_id, symbol",
    [
        ("BTC-USD.csv", "BTC-USD", None, "BTC"),
        ("btcusdt_1d.csv", "BTC-USDT", None, "BTC"),
        ("coin_Bitcoin.csv", "bitcoin", "bitcoin", "BTC"),
        ("Bitcoin Historical Data - Investing.com.csv", "bitcoin", "bitcoin", "BTC"),
        (
            "Bitcoin_1_1_2024-2_1_2025_historical_data_coinmarketcap.csv",
            "bitcoin",
            "bitcoin",
            "BTC",
        ),
        ("bitcoin-usd.csv", "bitcoin", "bitcoin", "BTC"),
        ("bitcoin_cash.csv", "bitcoin-cash", "bitcoin-cash", "BCH"),
        ("eth.csv", "ETH", None, "ETH"),
        ("ethereum-classic.csv", "ethereum-classic", "ethereum-classic", "ETC"),
        ("XRP.csv", "XRP", None, "XRP"),
        ("NEVERHEARD-USD.csv", "NEVERHEARD-USD", None, "NEVERHEARD"),
    ],
)
def test_a_file_name_says_which_coin_it_is_about(tmp_path, name, id_, coin_id, symbol):
    listing = read(put(tmp_path / name, YAHOO + DAY)).listings[id_]
    assert (listing.coin_id, listing.symbol) == (coin_id, symbol)
    assert listing.by_symbol == (coin_id is None)


@pytest.mark.parametrize("name", ["prices.csv", "my-own-file.csv", "neverheard.csv", "2024.csv"])
def test_a_file_name_that_names_no_coin_we_know_is_refused(tmp_path, name):
    file = put(tmp_path / name, YAHOO + DAY)
    assert refusal(file) == "does not say which coin it is about; say --coin COIN"
    listing = read(file, coin="litecoin").listings["litecoin"]
    assert (listing.coin_id, listing.by_symbol) == ("litecoin", False)


def test_a_symbol_of_two_coins_is_refused(tmp_path):
    reason = refusal(put(tmp_path / "STRK-USD.csv", YAHOO + DAY))
    assert "may be about" in reason
    assert "--coin" in reason


@pytest.mark.parametrize("name", ["BTC-EUR.csv", "btceur.csv", "ETH_BTC.csv"])
def test_a_file_priced_in_anything_but_dollars_is_refused(tmp_path, name):
    assert "only USD, USDT and USDC count as dollars" in refusal(put(tmp_path / name, YAHOO + DAY))


def test_a_coin_is_chosen_for_a_file_of_one_coin_only(tmp_path):
    header = "symbol,timestamp,price_usd\n"
    one = put(tmp_path / "one.csv", header + "XX,2026-02-01,1\nxx,2026-02-02,2\n")
    many = put(tmp_path / "many.csv", header + "XX,2026-02-01,1\nYY,2026-02-02,2\n")
    assert set(read(one, coin="litecoin").listings) == {"litecoin"}
    assert "names 2 coins" in refusal(many, coin="litecoin")


def test_a_row_about_another_coin_than_the_chosen_one_is_rejected(tmp_path):
    head = "symbol,timestamp,price_usd\n" + "XX,2026-02-01,1\n" * 5000
    seen = read(put(tmp_path / "one.csv", head + "YY,2026-02-02,2\n"), coin="litecoin")
    assert len(seen.rejections) == 1
    assert "about 'YY', in a file said to be about 'XX' alone" in seen.rejections[0].reason


def test_a_layout_of_ones_own_is_described_by_column_names(tmp_path):
    text = "Who;When;Last;Mkt\nbitcoin;2026-02-01 10:00;1,5;2.000.000,5\n"
    file = put(tmp_path / "mine.csv", text)
    assert "--map" in refusal(file)
    columns = {"time": "when", "price": "LAST", "coin": "Who", "market_cap": "Mkt"}
    assert dataset(file, map=columns).name == "mapped"
    seen = read(file, map=columns)
    assert seen.prices == {"2026-02-01 10:00": Decimal("1.5")}
    assert seen.only.market_cap_usd == Decimal("2000000.5")


def test_a_layout_without_a_header_is_described_by_column_numbers(tmp_path):
    file = put(tmp_path / "x.csv", "1769904000;a;2.5\n1769990400;a;3.5\n")
    seen = read(file, map={"time": "1", "price": "3"}, coin="bitcoin")
    assert list(seen.prices.values()) == [Decimal("2.5"), Decimal("3.5")]


def test_a_column_of_a_known_shape_can_be_chosen_anew(tmp_path):
    file = put(tmp_path / "BTC-USD.csv", YAHOO + "2026-02-01,1,2,1,1.5,1.25,9\n")
    assert dataset(file, map={"price": "Adj Close"}).name == "yahoo/1d"
    assert read(file, map={"price": "Adj Close"}).prices == {"2026-02-02 00:00": Decimal("1.25")}


def test_a_map_that_names_what_is_not_there_is_refused(tmp_path):
    file = put(tmp_path / "BTC-USD.csv", YAHOO + DAY)
    assert "has no column 'Last'" in refusal(file, map={"price": "Last"})
    assert "--map knows no 'colour'" in refusal(file, map={"colour": "Close"})


def test_a_layout_without_times_needs_one_and_takes_it_from_where_it_is_told(tmp_path):
    text = "symbol,price\nBTC,5\n"
    file = put(tmp_path / "prices_2026-02-03.csv", text)
    columns = {"symbol": "symbol", "price": "price"}
    assert "--default-time" in refusal(file, map=columns)
    for default, time in [
        ("name", "2026-02-03 00:00"),
        ("mtime", "2026-05-18 11:00"),
        ("2026-01-01T12:00:00+02:00", "2026-01-01 10:00"),
    ]:
        assert list(read(file, map=columns, default_time=default).prices) == [time]
    assert "has no date in its name" in refusal(
        put(tmp_path / "prices.csv", text), map=columns, default_time="name"
    )
    assert "cannot read 'noon'" in refusal(file, map=columns, default_time="noon")


def test_a_row_without_a_time_of_its_own_takes_the_default(tmp_path):
    text = "symbol,timestamp,price_usd\nBTC,2026-02-01,1\nBTC,,2\n"
    file = put(tmp_path / "mine.csv", text)
    assert read(file).reasons == [("time", "no time; --default-time sets one")]
    assert read(file, default_time="2026-02-05").prices == {
        "2026-02-01 00:00": 1,
        "2026-02-05 00:00": 2,
    }


def test_times_without_a_zone_are_of_the_chosen_zone_and_their_days_are_its_days(tmp_path):
    file = put(tmp_path / "mine.csv", "symbol,timestamp,price_usd\nBTC,2026-02-01 10:00,1\n")
    assert list(read(file).prices) == ["2026-02-01 10:00"]
    assert list(read(file, timezone="America/New_York").prices) == ["2026-02-01 15:00"]
    candles = put(tmp_path / "BTC-USD.csv", YAHOO + "2026-03-08,1,2,1,2,2,3\n")
    assert list(read(candles, timezone="America/New_York").prices) == ["2026-03-09 04:00"]
    assert "--timezone knows no 'Mars/Base'" in refusal(file, timezone="Mars/Base")


def test_a_time_with_a_zone_keeps_it(tmp_path):
    rows = "BTC,2026-02-01T10:00:00+05:30,1\nBTC,2026-02-01 10:00:00 UTC,2\nBTC,1769904000,3\n"
    file = put(tmp_path / "mine.csv", "symbol,timestamp,price_usd\n" + rows)
    assert list(read(file, timezone="Asia/Tokyo").prices) == [
        "2026-02-01 04:30",
        "2026-02-01 10:00",
        "2026-02-01 00:00",
    ]


def test_numbers_that_could_be_read_two_ways_are_refused_until_somebody_says_which(tmp_path):
    file = put(tmp_path / "mine.csv", "symbol;timestamp;price_usd\nBTC;2026-02-01;67,148\n")
    assert "which mark is the decimal one in '67,148'" in refusal(file)
    assert read(file, decimal=".").only.price_usd == 67148
    assert read(file, decimal=",").only.price_usd == Decimal("67.148")


def test_a_point_in_a_file_parted_by_commas_is_a_decimal_point(tmp_path):
    file = put(tmp_path / "a.csv", "symbol,timestamp,price_usd\nXRP,2026-02-01,2.345\n")
    assert read(file).only.price_usd == Decimal("2.345")
    file = put(tmp_path / "b.csv", "symbol;timestamp;price_usd\nXRP;2026-02-01;2.345\n")
    assert "--decimal" in refusal(file)


def test_one_clear_number_settles_the_unclear_ones(tmp_path):
    head = "symbol;timestamp;price_usd\nBTC;2026-02-01;67,148\n"
    dots = put(tmp_path / "dots.csv", head + "BTC;2026-02-02;67,148.5\n")
    commas = put(tmp_path / "commas.csv", head + "BTC;2026-02-02;67,14\n")
    assert list(read(dots).prices.values()) == [67148, Decimal("67148.5")]
    assert list(read(commas).prices.values()) == [Decimal("67.148"), Decimal("67.14")]


def test_an_unclear_number_far_down_a_file_of_whole_numbers_is_rejected(tmp_path):
    text = "symbol,timestamp,price_usd\n" + "BTC,2026-02-01,5\n" * 6000
    seen = read(
        put(tmp_path / "mine.csv", text + 'BTC,2026-02-02,"67,148"\nBTC,2026-02-03,"67.5"\n')
    )
    assert [r.field for r in seen.rejections] == ["price_usd"]
    assert seen.observations[-1].price_usd == Decimal("67.5")


def test_dates_that_could_be_read_two_ways_are_refused_until_somebody_says_which(tmp_path):
    file = put(tmp_path / "mine.csv", "symbol,timestamp,price_usd\nBTC,02/03/2026,5\n")
    assert "--date-order" in refusal(file)
    assert list(read(file, day_first=True).prices) == ["2026-03-02 00:00"]
    assert list(read(file, day_first=False).prices) == ["2026-02-03 00:00"]


def test_one_clear_date_settles_the_unclear_ones_also_where_a_shape_has_its_own_order(tmp_path):
    row = '"{}","1.5","1.5","1.5","1.5","1K","1%"\n'
    british = INVESTING + row.format("02/03/2026") + row.format("13/03/2026")
    assert "2026-03-03 00:00" in read(put(tmp_path / "b/btc.csv", british)).prices
    american = INVESTING + row.format("02/03/2026")
    assert "2026-02-04 00:00" in read(put(tmp_path / "a/btc.csv", american)).prices
    both = INVESTING + row.format("13/03/2026") + row.format("03/13/2026")
    assert "some dates begin with the day" in refusal(put(tmp_path / "c/btc.csv", both))


def test_candles_of_unknown_length_are_refused_until_the_dataset_names_it(tmp_path):
    file = put(tmp_path / "x.csv", CDD + "1769904000,2026-02-01,BTC/USD,1,2,1,1.25,10,3,7\n")
    assert "--dataset cryptodatadownload/1h" in refusal(file)
    assert list(read(file, dataset="mine/4h").prices) == ["2026-02-01 04:00"]


def test_files_can_be_put_into_a_dataset_of_ones_own(tmp_path):
    put(tmp_path / "BTC-USD.csv", YAHOO + DAY)
    put(tmp_path / "mine.csv", "coin_id,timestamp,price_usd\nbitcoin,2026-02-01,1\n")
    assert dataset(tmp_path, dataset="everything").name == "everything"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_by_the_header(tmp_path, delimiter):
    text = "coin_id,timestamp,price_usd\nbitcoin,2026-02-01,1.5\n".replace(",", delimiter)
    assert read(put(tmp_path / "mine.csv", text)).only.price_usd == Decimal("1.5")
