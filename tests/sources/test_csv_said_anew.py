"""What is said of a file counts for all of it, also for what was read before it was said."""

from decimal import Decimal

from support.csv_files import HEADER, put, read, rows

TIMED = {"time": "When", "price": "Last"}
COLUMNS = {"coin": "coin_id", "price": "price_usd"}


def test_a_file_about_which_something_else_is_said_is_read_again_from_its_start(tmp_path):
    file = put(tmp_path / "mine.csv", "When,Last\n2026-02-01 10:00,1.5\n")
    first = read(file, map=TIMED, coin="bitcoin")
    assert read(file, first.mark, map=TIMED, coin="bitcoin").payloads == []
    elsewhere = read(file, first.mark, map=TIMED, coin="bitcoin", timezone="Europe/Berlin")
    assert list(elsewhere.prices) == ["2026-02-01 09:00"]
    another = read(file, first.mark, map=TIMED, coin="litecoin")
    assert set(another.listings) == {"litecoin"}
    assert read(file, another.mark, map=TIMED, coin="litecoin").payloads == []


def test_a_file_that_grew_and_about_which_something_else_is_said_is_read_whole(tmp_path):
    text = "When,Last\n2026-02-01 10:00,1.5\n"
    first = read(put(tmp_path / "mine.csv", text), map=TIMED, coin="bitcoin")
    grown = put(tmp_path / "mine.csv", text + "2026-02-02 10:00,2.5\n", age_seconds=60)
    assert len(read(grown, first.mark, map=TIMED, coin="bitcoin").observations) == 1
    assert len(read(grown, first.mark, map=TIMED, coin="litecoin").observations) == 2


def test_rows_that_take_the_time_of_a_growing_file_are_not_read_again(tmp_path):
    text = "coin_id,price_usd\nbitcoin,1.5\n"
    first = read(put(tmp_path / "mine.csv", text), map=COLUMNS, default_time="mtime")
    grown = put(tmp_path / "mine.csv", text + "bitcoin,2.5\n", age_seconds=60)
    second = read(grown, first.mark, map=COLUMNS, default_time="mtime")
    assert [o.price_usd for o in second.observations] == [Decimal("2.5")]


def test_a_mark_of_before_there_were_layouts_in_marks_is_still_good(tmp_path):
    file = put(tmp_path / "mine.csv", HEADER + rows(range(3)))
    mark = read(file).mark
    for one in mark["files"].values():
        del one["layout"]
    assert read(file, mark).payloads == []
