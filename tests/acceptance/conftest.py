"""What commands need: the command line, and sources in good health to look at."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.checkups import answers
from support.commands import CommandLine, Said
from support.csv_files import put
from support.house import House, house


@pytest.fixture
def kasparro(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, with a terminal wide enough for every table."""
    monkeypatch.setenv("COLUMNS", "200")
    return CommandLine(capsys, monkeypatch)


@pytest.fixture
def healthy(database_url: str) -> Iterator[House]:
    """A house whose sources answer every question."""
    with house(database_url) as own:
        for name in own.providers:
            own.providers[name].answer = answers
        yield own


@pytest.fixture
def doctor(healthy: House, kasparro: CommandLine, tmp_path: Path) -> Callable[..., Said]:
    """Run it on the house's database and sources, with a file to read."""
    put(
        tmp_path / "files/mine.csv",
        "coin_id,symbol,timestamp,price_usd\nbitcoin,BTC,2026-01-01,9\n",
    )

    def run(*arguments: str, **environment: str) -> Said:
        urls = {f"{name.upper()}_API_URL": own.url for name, own in healthy.providers.items()}
        settings = {
            "DATABASE_URL": healthy.url,
            "CSV_PATH": str(tmp_path / "files"),
            "API_PORT": "0",
            **urls,
        }
        return kasparro("doctor", *arguments, **(settings | environment))

    return run
