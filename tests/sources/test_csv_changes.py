"""A CSV file is read on where it was left, whatever happened to it in between."""

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kasparro.core.errors import FatalError, RetryableError
from kasparro.ingestion.chunks import begin, read_chunk
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources.csv_file import SOURCE
from support.clock import NOON
from support.csv_files import HEADER, contents, dataset, put, read, rows

YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"


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


class Restless(type(Path())):
    """The path of a file that somebody writes to whenever it is opened."""

    def open(self, *arguments, **options):
        os.utime(self)
        return super().open(*arguments, **options)


def test_a_file_changed_while_one_chunk_is_read_is_not_believed(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(60)))
    files = dataset(file)
    restless = replace(files, files=(replace(files.files[0], path=Restless(file)),))
    cursor = begin(restless, None)
    request = SOURCE.stream(files.name).request(cursor)
    with pytest.raises(RetryableError, match="is changed while it is read"):
        read_chunk(restless, request, cursor, NOON)
    assert read_chunk(files, request, cursor, NOON).body == file.read_bytes()


def test_a_killed_run_goes_on_with_the_files_there_are_now(tmp_path):
    put(tmp_path / "b.csv", HEADER + rows(range(60)))
    first = read(tmp_path, chunk_bytes=200, at_most=3)
    put(tmp_path / "a.csv", HEADER + rows(range(60, 63)))
    put(tmp_path / "c.csv", HEADER + rows(range(63, 66)))
    files = dataset(tmp_path)
    stream = SOURCE.stream(files.name)
    cursor, keys = first.mark, []
    while cursor is not None:
        payload = read_chunk(files, stream.request(cursor), cursor, NOON)
        keys.append(payload.request.path)
        cursor = interpret(stream, payload).next_cursor
    assert sorted(keys) == ["a.csv", "b.csv", "c.csv"]


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
