"""Drift of CSV files: a column under another name, a column gone, a file in another unit."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kasparro.ingestion.deciding import Decider
from support.csv_files import put
from support.history import LEASE, again
from support.house import House, house

COLUMNS = ("coin_id", "symbol", "timestamp", "price_usd", "volume_24h")


def rows() -> list[dict[str, str]]:
    """Forty hours of five coins."""
    return [
        {
            "coin_id": f"coin-{coin}",
            "symbol": f"C{coin}",
            "timestamp": f"2026-05-{1 + hour // 24:02}T{hour % 24:02}:00:00Z",
            "price_usd": f"{(coin + 1) * 10.5 + hour / 8:.3f}",
            "volume_24h": f"{(coin + 1) * 1000 + hour * 7}",
        }
        for hour in range(40)
        for coin in range(5)
    ]


def text(records: list[dict[str, str]], *columns: str) -> str:
    lines = [",".join(columns or COLUMNS)]
    lines += [",".join(record.values()) for record in records]
    return "\n".join(lines) + "\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    put(tmp_path / "files/mine.csv", text(rows()))
    return tmp_path / "files"


@pytest.fixture
def home(database_url: str, desk: Path) -> Iterator[House]:
    with house(database_url, csv_path=desk) as own:
        assert own.sweep("csv", "canonical").new == 200
        yield own


def rewritten(home: House, desk: Path, content: str) -> Any:
    put(desk / "mine.csv", content, age_seconds=60)
    return home.sweep("csv", "canonical")


def events(home: House) -> list[Any]:
    return home.rows("select class, path, severity, status from drift_events order by id")


def volumes(home: House) -> int:
    return int(home.value("select count(volume_24h_usd) from observations"))


def accept(home: House) -> Any:
    number = home.value("select id from drift_events where status = 'open'")
    own = Decider(
        url=home.url,
        sources=home.engine.sources,
        holder="test",
        lease_duration=LEASE,
        clock=home.clock,
    )
    return own.accept(number, None)


def test_a_column_under_another_name_is_held_and_read_once_it_is_accepted(
    home: House, desk: Path
) -> None:
    more = [row | {"timestamp": row["timestamp"].replace("-05-", "-04-")} for row in rows()]
    names = (*COLUMNS[:-1], "turnover")
    report = rewritten(home, desk, text([*rows(), *more], *names))
    assert (report.status, report.new, report.quarantined) == ("partial", 0, 400)
    assert events(home) == [("renamed", "volume_24h", "ERR", "open")]
    assert again(home, verify=True).differences == {}
    assert accept(home).retried.resolved == 400
    assert (volumes(home), home.value("select count(*) from observations")) == (400, 400)
    assert again(home, verify=True).differences == {}
    later = [row | {"timestamp": row["timestamp"].replace("-05-", "-03-")} for row in rows()]
    report = rewritten(home, desk, text([*rows(), *more, *later], *names))
    assert (report.status, report.new) == ("success", 200)
    assert volumes(home) == 600
    assert again(home, verify=True).differences == {}


@pytest.mark.parametrize(
    "change, columns, expected",
    [
        (lambda r: {**r, "mood": "fine"}, (*COLUMNS, "mood"), ("added", "mood", "INFO")),
        (
            lambda r: {name: r[name] for name in COLUMNS[:-1]},
            COLUMNS[:-1],
            ("removed", "volume_24h", "ERR"),
        ),
        (lambda r: r | {"volume_24h": "n/a"}, COLUMNS, ("narrowed", "volume_24h", "ERR")),
        (lambda r: r | {"volume_24h": ""}, COLUMNS, ("nullability", "volume_24h", "ERR")),
        (
            lambda r: r | {"price_usd": f"{float(r['price_usd']) * 100:.3f}"},
            COLUMNS,
            ("unit", "price_usd", "ERR"),
        ),
        (
            lambda r: r | {"timestamp": r["timestamp"].removesuffix("Z")},
            COLUMNS,
            ("format", "timestamp", "ERR"),
        ),
    ],
)
def test_each_class_shows_in_a_file_that_is_written_anew(
    home: House,
    desk: Path,
    change: Callable[[dict[str, str]], dict[str, str]],
    columns: tuple[str, ...],
    expected: tuple[str, str, str],
) -> None:
    before = home.prices("csv")
    report = rewritten(home, desk, text([change(row) for row in rows()], *columns))
    held = expected[2] == "ERR"
    assert report.status == ("partial" if held else "success")
    assert report.quarantined == (200 if held else 0)
    assert [event[:3] for event in events(home)] == [expected]
    assert home.prices("csv") == before
    assert again(home, verify=True).differences == {}


def test_a_file_that_grows_row_by_row_never_drifts(home: House, desk: Path) -> None:
    content = text(rows())
    for hour in range(6):
        content += f"coin-1,C1,2026-05-03T{hour:02}:00:00Z,{1000 * (hour + 1)}.5,\n"
        assert rewritten(home, desk, content).status == "success"
    assert events(home) == []
