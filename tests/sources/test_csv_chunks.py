"""A CSV file is read in chunks that end where a record ends, and read on where it was left."""

import gzip
import json
import os
from datetime import timedelta
from decimal import Decimal

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kasparro.core.errors import FatalError, RetryableError
from kasparro.ingestion.chunks import CHUNK_BYTES, begin, read_chunk
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources.csv_file import SOURCE
from support.clock import NOON
from support.csv_files import Reading, dataset, put, read

HEADER = "coin_id,timestamp,price_usd,name\n"
YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"


def rows(numbers: range, price: str = "{}.5") -> str:
    days = (NOON.date() - timedelta(days=400 - number) for number in numbers)
    return "".join(
        f"bitcoin,{day},{price.format(number)},x\n"
        for number, day in zip(numbers, days, strict=True)
    )


def contents(reading: Reading) -> bytes:
    return b"".join(payload.body for payload in reading.payloads)


def facts(reading: Reading) -> list[tuple]:
    seen = [(o.source_asset_id, o.observed_at, o.price_usd) for o in reading.observations]
    return [*seen, *(json.dumps(rejection.raw, default=str) for rejection in reading.rejections)]


CELLS = st.sampled_from(
    [
        "a",
        "",
        '"a"',
        '"a,b"',
        '"two\nlines"',
        '"say ""hi"""',
        '"open',
        'a"b',
        '"',
        "\r",
        "é",
        "\x00",
    ]
)
LINES = st.lists(
    st.one_of(
        CELLS.map(lambda cell: f"bitcoin,2026-03-01,1.5,{cell}\n"),
        CELLS.map(lambda cell: f"{cell},2026-03-01,1.5,a\r\n"),
        st.just("\n"),
        st.just("bitcoin,2026-03-01\n"),
    ),
    max_size=30,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lines=LINES, chunk_bytes=st.integers(1, 300), last=st.sampled_from(["", "bitcoin,2026-03-0"])
)
def test_chunks_of_any_size_say_the_same_and_hold_each_byte_once(
    tmp_path, lines, chunk_bytes, last
):
    content = (HEADER + "".join(lines) + last).encode()
    file = put(tmp_path / "mine.csv", content)
    whole = read(file)
    parts = read(file, chunk_bytes=chunk_bytes)
    assert contents(whole) == contents(parts) == content
    assert facts(parts) == facts(whole)
    assert parts.mark == whole.mark
    assert read(file, parts.mark).payloads == []


def test_a_chunk_holds_fewer_records_than_a_position_can_number(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + "1\n" * 2_200_000)
    files = dataset(file)
    cursor = begin(files, None)
    payload = read_chunk(files, SOURCE.stream(files.name).request(cursor), cursor, NOON)
    assert len(payload.body) <= CHUNK_BYTES
    assert payload.body.count(b"\n") < 2**20


def test_equal_chunks_are_equal_requests_wherever_the_file_lies(tmp_path):
    first = read(put(tmp_path / "a/mine.csv", HEADER + rows(range(50))), chunk_bytes=300)
    second = read(put(tmp_path / "b/c/mine.csv", HEADER + rows(range(50))), chunk_bytes=300)
    assert [p.request for p in first.payloads] == [p.request for p in second.payloads]
    assert str(tmp_path) not in json.dumps([p.request.path for p in first.payloads])


def test_a_payload_is_read_again_from_what_is_stored_of_it(tmp_path):
    text = (
        "Created,https://www.example.org\nunix,date,symbol,open,high,low,close\n"
        "1769904000,2026-02-01,BTC/USD,1,2,1,1.25\n1769990400,2026-02-02,BTC/USD,1,2,1,1.5\n"
    )
    reading = read(put(tmp_path / "x.csv", text), chunk_bytes=40)
    stream = SOURCE.stream("whatever it is called")
    again = []
    for payload in reading.payloads:
        stored = json.loads(
            json.dumps([payload.request.path, payload.request.params, payload.cursor])
        )
        path, params, cursor = stored
        request = type(payload.request)(path=path, params=params)
        copy = type(payload)(
            request=request,
            cursor=cursor,
            body=payload.body,
            fetched_at=payload.fetched_at,
            headers=payload.headers,
        )
        again += interpret(stream, copy).observations
    assert again == reading.observations
    assert len(again) == 2


def test_nothing_is_read_while_size_and_time_of_a_file_stay(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(3)))
    assert read(file, read(file).mark).payloads == []


def test_what_was_appended_is_read_alone(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(30)))
    mark = read(file).mark
    put(file, HEADER + rows(range(35)), age_seconds=60)
    more = read(file, mark)
    assert contents(more).decode() == rows(range(30, 35))
    assert [o.price_usd for o in more.observations] == [Decimal(f"{n}.5") for n in range(30, 35)]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(HEADER + rows(range(99, 100)) + rows(range(30)), id="a row more at the top"),
        pytest.param(
            HEADER + rows(range(15)) + rows(range(15, 16), "7.5") + rows(range(16, 30)),
            id="another price in the middle",
        ),
        pytest.param(HEADER + rows(range(20)), id="fewer rows"),
    ],
)
def test_a_file_that_changed_before_its_end_is_read_from_its_start(tmp_path, changed):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(30)))
    mark = read(file).mark
    put(file, changed, age_seconds=60)
    assert contents(read(file, mark)).decode() == changed


def test_a_file_that_was_only_touched_brings_nothing_new(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(3)))
    mark = read(file).mark
    put(file, HEADER + rows(range(3)), age_seconds=60)
    assert read(file, mark).records == 0


def test_a_run_that_is_killed_between_chunks_reads_on_where_it_was(tmp_path):
    content = HEADER + rows(range(60))
    file = put(tmp_path / "mine.csv", content)
    first = read(file, chunk_bytes=200, at_most=3)
    second = read(file, first.mark, chunk_bytes=200)
    assert (contents(first) + contents(second)).decode() == content


def test_a_killed_run_goes_on_although_nobody_called_begin(tmp_path):
    content = HEADER + rows(range(60))
    first = read(put(tmp_path / "mine.csv", content), chunk_bytes=200, at_most=3)
    files = dataset(tmp_path / "mine.csv")
    stream = SOURCE.stream(files.name)
    payload = read_chunk(files, stream.request(first.mark), first.mark, NOON)
    assert (contents(first) + payload.body).decode() == content


def test_a_file_rewritten_after_a_kill_is_read_from_its_start(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(60)))
    first = read(file, chunk_bytes=200, at_most=3)
    put(file, HEADER + rows(range(60), "8.{}"), age_seconds=60)
    assert contents(read(file, first.mark)).decode() == HEADER + rows(range(60), "8.{}")


def test_a_file_rewritten_between_two_chunks_stops_the_run_and_heals_in_the_next(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(60)))
    files = dataset(file)
    stream = SOURCE.stream(files.name)
    cursor = begin(files, None)
    payload = read_chunk(files, stream.request(cursor), cursor, NOON, chunk_bytes=200)
    cursor = interpret(stream, payload).next_cursor
    put(file, HEADER + rows(range(60), "8.{}"), age_seconds=60)
    with pytest.raises(RetryableError, match="is changed while it is read"):
        read_chunk(files, stream.request(cursor), cursor, NOON, chunk_bytes=200)
    healed = read(file, cursor)
    assert contents(healed).decode() == HEADER + rows(range(60), "8.{}")


def test_a_file_appended_to_between_two_chunks_is_read_on(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(30)))
    files = dataset(file)
    stream = SOURCE.stream(files.name)
    cursor = begin(files, None)
    first = read_chunk(files, stream.request(cursor), cursor, NOON, chunk_bytes=200)
    cursor = interpret(stream, first).next_cursor
    put(file, HEADER + rows(range(40)), age_seconds=60)
    second = read_chunk(files, stream.request(cursor), cursor, NOON)
    assert (first.body + second.body).decode() == HEADER + rows(range(40))


def test_a_file_that_vanished_is_an_error_to_try_again_and_the_next_run_goes_on_without_it(
    tmp_path,
):
    put(tmp_path / "a.csv", HEADER + rows(range(3)))
    put(tmp_path / "b.csv", HEADER + rows(range(3, 6)))
    files = dataset(tmp_path)
    cursor = begin(files, None)
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.csv").unlink()
    with pytest.raises(RetryableError, match="cannot be read"):
        read_chunk(files, SOURCE.stream(files.name).request(cursor), cursor, NOON)
    put(tmp_path / "b.csv", HEADER + rows(range(3, 6)))
    later = dataset(tmp_path)
    payload = read_chunk(later, SOURCE.stream(files.name).request(cursor), cursor, NOON)
    assert payload.request.path == "b.csv"


def test_a_file_that_cannot_be_read_does_not_keep_the_others_waiting(tmp_path):
    put(tmp_path / "a.csv", HEADER + rows(range(3)) + '"' + "x" * 3_000_000)
    put(tmp_path / "b.csv", HEADER + rows(range(3, 6)))
    files = dataset(tmp_path)
    stream = SOURCE.stream(files.name)
    cursor = begin(files, None)
    read_keys = []
    with pytest.raises(FatalError, match=r"a\.csv: no record ends"):  # noqa: PT012 -- until it does
        while cursor is not None:
            payload = read_chunk(files, stream.request(cursor), cursor, NOON)
            read_keys.append(payload.request.path)
            cursor = interpret(stream, payload).next_cursor
    assert read_keys == ["a.csv", "b.csv"]


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


def test_a_candle_of_tomorrow_is_quarantined_like_any_time_that_has_not_come(tmp_path):
    day = NOON.date() + timedelta(days=2)
    reading = read(put(tmp_path / "BTC-USD.csv", YAHOO + f"{day},1,2,1,1.5,1.5,9\n"))
    assert [field for field, _ in reading.reasons] == ["time"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
@pytest.mark.parametrize("name", ["mine.csv.gz", "mine.csv.zst", "mine.csv"])
def test_a_packed_file_is_read_like_a_plain_one_whatever_its_name(tmp_path, pack, name):
    content = (HEADER + rows(range(300))).encode()
    plain = read(put(tmp_path / "p/mine.csv", content), chunk_bytes=500)
    packed = read(put(tmp_path / name, pack(content)), chunk_bytes=500)
    assert contents(packed) == content
    assert facts(packed) == facts(plain)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_a_packed_file_is_read_on_after_a_kill_and_after_something_was_appended(tmp_path, pack):
    content = (HEADER + rows(range(60))).encode()
    file = put(tmp_path / "mine.csv.gz", pack(content))
    first = read(file, chunk_bytes=200, at_most=3)
    second = read(file, first.mark, chunk_bytes=200)
    assert contents(first) + contents(second) == content
    put(file, pack(content) + pack(rows(range(60, 70)).encode()), age_seconds=60)
    assert contents(read(file, second.mark)).decode() == rows(range(60, 70))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_a_packed_file_that_expands_enormously_needs_no_memory_for_all_of_it(tmp_path, pack):
    tracemalloc = pytest.importorskip("tracemalloc")
    content = HEADER.encode() + b"bitcoin,2026-03-01,1.5,x\n" * 4_000_000
    file = put(tmp_path / "mine.csv.gz", pack(content))
    del content
    files = dataset(file)
    stream = SOURCE.stream(files.name)
    cursor = begin(files, None)
    tracemalloc.start()
    payload = read_chunk(files, stream.request(cursor), cursor, NOON)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(payload.body) <= CHUNK_BYTES
    assert most < 20 * CHUNK_BYTES


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_a_packed_file_cut_off_in_the_middle_is_read_as_far_as_it_goes_and_tried_again(
    tmp_path, pack
):
    noise = "".join(f"bitcoin,2026-03-01,{os.urandom(8).hex()},x\n" for _ in range(20_000))
    packed = pack((HEADER + noise).encode())
    file = put(tmp_path / "mine.csv.gz", packed[: len(packed) * 3 // 4])
    files = dataset(file)
    stream = SOURCE.stream(files.name)
    cursor = begin(files, None)
    got = b""
    with pytest.raises(RetryableError, match="ends in the middle"):  # noqa: PT012 -- until it does
        while True:
            payload = read_chunk(files, stream.request(cursor), cursor, NOON, chunk_bytes=100_000)
            got += payload.body
            cursor = interpret(stream, payload).next_cursor
    assert got
    put(file, packed, age_seconds=60)
    assert got + contents(read(file, cursor)) == (HEADER + noise).encode()


def test_a_damaged_packed_file_is_an_error_that_says_so(tmp_path):
    noise = "".join(f"bitcoin,2026-03-01,{os.urandom(8).hex()},x\n" for _ in range(20_000))
    packed = bytearray(gzip.compress((HEADER + noise).encode()))
    middle = len(packed) // 2
    packed[middle : middle + 2000] = bytes(2000)
    files = dataset(put(tmp_path / "mine.csv.gz", bytes(packed)))
    stream = SOURCE.stream(files.name)
    cursor = begin(files, None)
    with pytest.raises(FatalError, match="is damaged"):  # noqa: PT012 -- wherever it shows
        while cursor is not None:
            payload = read_chunk(files, stream.request(cursor), cursor, NOON, chunk_bytes=40_000)
            cursor = interpret(stream, payload).next_cursor


def test_files_of_one_dataset_are_read_one_after_the_other_and_only_the_changed_one_again(tmp_path):
    put(tmp_path / "old/ETH-USD.csv", YAHOO + "2026-02-01,1,2,1,1.5,1.5,9\n")
    put(tmp_path / "BTC-USD.csv", YAHOO + "2026-02-01,1,2,1,2.5,2.5,9\n")
    reading = read(tmp_path)
    assert [p.request.path for p in reading.payloads] == ["BTC-USD.csv", "old/ETH-USD.csv"]
    put(
        tmp_path / "old/ETH-USD.csv",
        YAHOO + "2026-02-01,1,2,1,1.5,1.5,9\n2026-02-02,1,2,1,7.5,7.5,9\n",
        age_seconds=60,
    )
    again = read(tmp_path, reading.mark)
    assert again.prices == {"2026-02-03 00:00": Decimal("7.5")}
    assert [p.request.path for p in again.payloads] == ["old/ETH-USD.csv"]
