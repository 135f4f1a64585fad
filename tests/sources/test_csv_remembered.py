"""Whose words go first when a file, its directory and its dataset all say something."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from kasparro.core.csv.layout import Choices
from kasparro.ingestion.files import Dataset, find_datasets
from kasparro.ingestion.remembered import Remembered
from support.csv_files import put, read

TIMED = "When,Last\n2026-02-01 10:00,1.5\n"
MAP = {"time": "When", "price": "Last"}
CANONICAL = "coin_id,timestamp,price_usd\nbitcoin,2026-02-01 10:00,1.5\n"
BERLIN = Choices(timezone="Europe/Berlin")
TOKYO = Choices(timezone="Asia/Tokyo")
MINE = Choices(map=MAP, timezone="Europe/Berlin")


def found(file: Path, before: Remembered, **now: Any) -> Dataset:
    """The only dataset at a path, with nothing refused."""
    datasets, refused = find_datasets(file, Choices(**now), before)
    assert [one.reason for one in refused] == []
    assert len(datasets) == 1
    return datasets[0]


def hours(file: Path, before: Remembered, **now: Any) -> list[str]:
    return [time[11:13] for time in read(found(file, before, **now)).prices]


def test_a_file_named_for_a_dataset_is_read_as_the_dataset_is(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", TIMED)
    before = Remembered(datasets={"mine": MINE})
    assert hours(file, before, dataset="mine", coin="bitcoin") == ["09"]
    said = Remembered(
        datasets={"mine": MINE}, paths={file.resolve(): Choices(dataset="mine", coin="bitcoin")}
    )
    assert hours(file, said) == ["09"]


def test_a_file_that_turns_out_to_be_of_a_dataset_is_read_as_the_dataset_is(
    tmp_path: Path,
) -> None:
    file = put(tmp_path / "a.csv", CANONICAL)
    before = Remembered(datasets={"canonical": BERLIN, "other": TOKYO})
    assert found(file, before).name == "canonical"
    assert hours(file, before) == ["09"]


def test_a_file_that_the_words_of_its_dataset_make_one_of_another_is_refused(
    tmp_path: Path,
) -> None:
    row = '"{}","1.5","1.5","1.5","1.5","1K","1%"\n'
    header = '"Date","Price","Open","High","Low","Vol.","Change %"\n'
    days = (f"01/{number:02}/2025" for number in range(1, 13))
    file = put(tmp_path / "btc.csv", header + "".join(map(row.format, days)))
    before = Remembered(datasets={"investing/1d": Choices(day_first=True)})
    assert found(file, Remembered()).name == "investing/1d"
    assert found(file, Remembered(), day_first=True).name == "investing/1mo"
    datasets, refused = find_datasets(file, Choices(), before)
    assert datasets == []
    assert "--dataset investing/1d or --dataset investing/1mo" in refused[0].reason
    assert found(file, before, dataset="investing/1mo").name == "investing/1mo"


def test_the_words_of_a_path_go_before_those_of_its_dataset_and_now_before_all(
    tmp_path: Path,
) -> None:
    file = put(tmp_path / "deep/a.csv", CANONICAL)
    of_dataset = Remembered(datasets={"canonical": BERLIN})
    of_directory = replace(of_dataset, paths={tmp_path.resolve(): TOKYO})
    of_file = replace(
        of_directory, paths={**of_directory.paths, file.resolve(): Choices(timezone="UTC")}
    )
    assert hours(file, of_dataset) == ["09"]
    assert hours(file, of_directory) == ["01"]
    assert hours(file, of_file) == ["10"]
    assert hours(file, of_file, timezone="America/New_York") == ["15"]


def test_a_dataset_named_now_is_the_one_whose_words_count(tmp_path: Path) -> None:
    file = put(tmp_path / "a.csv", CANONICAL)
    before = Remembered(
        datasets={"canonical": BERLIN, "second": TOKYO},
        paths={file.resolve(): Choices(dataset="canonical")},
    )
    assert hours(file, before) == ["09"]
    assert hours(file, before, dataset="second") == ["01"]


def test_a_file_that_another_layout_was_said_of_is_read_again_from_its_start(
    tmp_path: Path,
) -> None:
    file = put(tmp_path / "a.csv", CANONICAL)
    first = read(found(file, Remembered()))
    assert read(found(file, Remembered()), first.mark).payloads == []
    after = read(found(file, Remembered(datasets={"canonical": BERLIN})), first.mark)
    assert list(after.prices) == ["2026-02-01 09:00"]


def test_a_coin_or_a_moment_is_no_part_of_a_layout() -> None:
    said = Choices(coin="bitcoin", dataset="mine", map=MAP, decimal=",", default_time="2026-02-01")
    assert said.of_layout() == Choices(map=MAP, decimal=",")
    assert Choices(default_time="name").of_layout() == Choices(default_time="name")
