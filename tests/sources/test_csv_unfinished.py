"""What is still being written, or has not happened yet, waits and is read again."""

from datetime import timedelta
from decimal import Decimal

from support.clock import NOON
from support.csv_files import HEADER, contents, put, read, rows

YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"


def test_the_last_line_of_a_file_being_written_waits_for_its_end(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + "bitcoin,2026-03-01,42", age_seconds=3)
    young = read(file)
    assert (young.records, contents(young).decode()) == (0, HEADER)
    put(file, HEADER + "bitcoin,2026-03-01,42500,x\n", age_seconds=2)
    assert read(file, young.mark).only.price_usd == 42500


def test_the_last_line_of_a_file_left_alone_counts_but_is_read_again_when_the_file_grows(tmp_path):
    begun = HEADER + "bitcoin,2026-03-01,41,x\nbitcoin,2026-03-02,42,x"
    file = put(tmp_path / "mine.csv", begun, age_seconds=11)
    old = read(file)
    assert old.prices == {"2026-03-01 00:00": 41, "2026-03-02 00:00": 42}
    assert read(file, old.mark).payloads == []
    put(file, begun + "yz\nbitcoin,2026-03-03,43,x\n", age_seconds=1)
    assert contents(read(file, old.mark)).decode() == (
        "bitcoin,2026-03-02,42,xyz\nbitcoin,2026-03-03,43,x\n"
    )


def test_a_file_being_written_whose_lines_are_whole_is_read_whole(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(3)), age_seconds=0)
    reading = read(file)
    assert reading.records == 3
    assert read(file, reading.mark).payloads == []


def test_a_candle_that_is_not_over_is_left_out_and_read_again_when_the_file_grows(tmp_path):
    day = NOON.date()
    over, open_ = day - timedelta(days=1), day
    first = YAHOO + f"{over},1,2,1,1.5,1.5,9\n{open_},1,2,1,1.25,1.25,9\n"
    file = put(tmp_path / "BTC-USD.csv", first)
    reading = read(file)
    assert list(reading.prices.values()) == [Decimal("1.5")]
    assert (reading.without_price, reading.rejections) == (1, [])
    assert read(file, reading.mark, now=NOON + timedelta(days=1)).payloads == []
    put(file, first.replace("1.25", "1.75") + f"{day + timedelta(days=1)},1,2,1,3,3,9\n")
    later = read(file, reading.mark, now=NOON + timedelta(days=1))
    assert Decimal("1.75") in later.prices.values()
    assert Decimal(3) not in later.prices.values()


def test_a_candle_that_is_not_over_holds_the_mark_at_its_own_chunk_only(tmp_path):
    past = "".join(f"{NOON.date() - timedelta(days=90 - n)},1,2,1,1.5,1.5,9\n" for n in range(90))
    content = YAHOO + past + f"{NOON.date()},1,2,1,1.25,1.25,9\n"
    file = put(tmp_path / "BTC-USD.csv", content)
    reading = read(file, chunk_bytes=400)
    put(file, content + f"{NOON.date() + timedelta(days=1)},1,2,1,3,3,9\n", age_seconds=60)
    again = read(file, reading.mark, now=NOON + timedelta(days=1))
    assert 0 < len(contents(again)) < 600
    assert b"1.25,1.25" in contents(again)


def test_the_first_candle_that_is_not_over_decides_where_a_file_is_read_again(tmp_path):
    today = NOON.date()
    past = "".join(f"{today - timedelta(days=n)},1,2,1,1.5,1.5,9\n" for n in range(1, 60))
    content = YAHOO + f"{today},1,2,1,1.25,1.25,9\n" + past + f"{today},1,2,1,1.75,1.75,9\n"
    file = put(tmp_path / "BTC-USD.csv", content)
    reading = read(file, chunk_bytes=400)
    assert reading.without_price == 2
    more = content + f"{today + timedelta(days=1)},1,2,1,3,3,9\n"
    put(file, more, age_seconds=60)
    again = read(file, reading.mark, now=NOON + timedelta(days=1), chunk_bytes=400)
    assert contents(again).decode() == more


def test_a_candle_of_tomorrow_is_quarantined_like_any_time_that_has_not_come(tmp_path):
    day = NOON.date() + timedelta(days=2)
    reading = read(put(tmp_path / "BTC-USD.csv", YAHOO + f"{day},1,2,1,1.5,1.5,9\n"))
    assert [field for field, _ in reading.reasons] == ["time"]
