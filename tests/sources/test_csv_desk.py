"""Where the CSV source looks: several places, each file read once, none taken for another."""

from pathlib import Path

import pytest

from kasparro.core.errors import FatalError
from kasparro.ingestion.desk import Desk
from support.clock import FakeClock

PRICES = "coin_id,timestamp,price_usd\nbitcoin,2024-03-01T00:00:00Z,{}\n"


def put(folder: Path, name: str, price: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(PRICES.format(price))
    return folder


def test_files_of_several_places_make_one_dataset(tmp_path: Path) -> None:
    places = put(tmp_path / "a", "one.csv", 1), put(tmp_path / "b", "two.csv", 2)
    datasets, refused = Desk(paths=places).look()
    assert [len(dataset.files) for dataset in datasets.values()] == [2]
    assert not refused


def test_a_second_file_of_one_name_is_refused_and_says_what_would_settle_it(
    tmp_path: Path,
) -> None:
    places = put(tmp_path / "a", "same.csv", 1), put(tmp_path / "b", "same.csv", 2)
    datasets, refused = Desk(paths=places).look()
    assert [len(dataset.files) for dataset in datasets.values()] == [1]
    assert [file.path.parent.name for file in refused] == ["b"]
    assert "--dataset" in refused[0].reason


def test_a_dataset_without_a_file_left_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match=f"no file of the dataset canonical is left in {tmp_path}"):
        Desk(paths=(tmp_path,)).open("canonical", FakeClock())
