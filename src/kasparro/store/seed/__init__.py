"""Plants the shipped map, which coin has which id where, into the database."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kasparro.store.connect import Connection
from kasparro.store.queries import queries

DIRECTORY = Path(__file__).parent


def seed(connection: Connection) -> None:
    """Bring the shipped assets and ids up to date; does nothing when the map has not changed."""
    files = [DIRECTORY / "assets.csv", DIRECTORY / "listings.csv"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    sql = queries("seed")
    if connection.execute(sql.planted_map).fetchone() == (digest,):
        return
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(sql.plant_asset, list(_rows(files[0])))
        cursor.executemany(sql.plant_relations, list(_rows(files[0])))
        cursor.executemany(sql.plant_listing, list(_rows(files[1])))
        cursor.execute(sql.remember_map, {"digest": digest})


def shipped_coins() -> Iterator[tuple[str, str, str]]:
    """Slug, symbol and name of every coin of the shipped map."""
    for row in _rows(DIRECTORY / "assets.csv"):
        yield row["slug"], row["symbol"], row["name"]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
