"""`kasparro trace`: from the id of a price to the exact bytes its source sent."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from kasparro.store.connect import Connection
from support.checkups import sweep_all
from support.commands import CommandLine
from support.csv_files import put
from support.house import House

EXPORT = "snapped_at,price,market_cap,total_volume\n"
ROWS = "2024-02-29 00:00:00 UTC,3385.7,1,2\n2024-03-01 00:00:00 UTC,3435.05400,3,4\n"


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def id_of(database: Connection, price: str) -> str:
    [(found,)] = database.execute(
        "select id::text from crypto_prices where price_usd = %s", [Decimal(price)]
    ).fetchall()
    return str(found)


@pytest.mark.usefixtures("here")
def test_a_price_of_a_file_leads_to_its_line_and_its_file(
    kasparro: CommandLine, database: Connection, tmp_path: Path
):
    file = put(tmp_path / "eth-usd-max.csv", EXPORT + ROWS)
    assert kasparro("ingest", "csv", str(file)).code == 0
    number = id_of(database, "3435.054")
    told = kasparro("trace", number, "--json").json()
    assert (told["source"], told["asked_for"]) == ("csv", "eth-usd-max.csv")
    assert told["record"]["price_usd"] == "3435.05400", "with every digit that was written"
    assert told["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told["bytes"] == len(file.read_bytes())
    for words in (told["sha256"], "record 1 of it", "3435.05400", "eth-usd-max.csv"):
        assert words in kasparro("trace", number).out
    assert kasparro("trace", number, "--body").out.encode() == file.read_bytes()


def test_a_price_of_an_api_leads_to_the_record_in_its_answer(kasparro: CommandLine, healthy: House):
    sweep_all(healthy)
    number = healthy.value("select max(id)::text from crypto_prices where source = 'coingecko'")
    told = kasparro("trace", number, "--json", DATABASE_URL=healthy.url).json()
    assert (told["stream"], told["asked_for"]) == ("markets", "/coins/markets")
    price = healthy.value("select price_usd from crypto_prices where id = %s", int(number))
    assert Decimal(str(told["record"]["current_price"])) == price


@pytest.mark.usefixtures("here")
def test_an_id_that_leads_nowhere_says_so(
    kasparro: CommandLine, database: Connection, tmp_path: Path
):
    file = put(tmp_path / "eth-usd-max.csv", EXPORT + ROWS)
    kasparro("ingest", "csv", str(file))
    number = int(id_of(database, "3435.054"))
    assert "has 2 records, none at 9" in kasparro("trace", str(number + 8)).last_line
    missing = kasparro("trace", str(99 << 20))
    assert missing.code == 1
    assert "there is no payload 99" in missing.last_line
