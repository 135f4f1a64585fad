"""Packed CSV files are read like plain ones."""

import gzip
import os

import pytest
import zstandard

from kasparro.core.errors import FatalError, RetryableError
from kasparro.ingestion.chunks import CHUNK_BYTES, begin, read_chunk
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources.csv_file import SOURCE
from support.clock import NOON
from support.csv_files import HEADER, contents, dataset, facts, put, read, rows

PACKERS = pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])


@PACKERS
@pytest.mark.parametrize("name", ["mine.csv.gz", "mine.csv.zst", "mine.csv"])
def test_a_packed_file_is_read_like_a_plain_one_whatever_its_name(tmp_path, pack, name):
    content = (HEADER + rows(range(300))).encode()
    plain = read(put(tmp_path / "p/mine.csv", content), chunk_bytes=500)
    packed = read(put(tmp_path / name, pack(content)), chunk_bytes=500)
    assert contents(packed) == content
    assert facts(packed) == facts(plain)


@PACKERS
def test_a_packed_file_is_read_on_after_a_kill_and_after_something_was_appended(tmp_path, pack):
    content = (HEADER + rows(range(60))).encode()
    file = put(tmp_path / "mine.csv.gz", pack(content))
    first = read(file, chunk_bytes=200, at_most=3)
    second = read(file, first.mark, chunk_bytes=200)
    assert contents(first) + contents(second) == content
    put(file, pack(content) + pack(rows(range(60, 70)).encode()), age_seconds=60)
    assert contents(read(file, second.mark)).decode() == rows(range(60, 70))


@PACKERS
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


@PACKERS
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
