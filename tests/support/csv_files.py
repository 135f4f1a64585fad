"""CSV files on the disk, and what a run would make of them."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from kasparro.core.contract import Rejection
from kasparro.core.csv.layout import Choices
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Cursor, Payload
from kasparro.ingestion.chunks import CHUNK_BYTES, begin, read_chunk
from kasparro.ingestion.files import Dataset, find_datasets
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources.csv_file import SOURCE
from support.clock import NOON


def put(path: Path, content: str | bytes, *, age_seconds: float = 3600) -> Path:
    """Write a file that was last changed so long before noon."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    changed_at = (NOON - timedelta(seconds=age_seconds)).timestamp()
    os.utime(path, (changed_at, changed_at))
    return path


def dataset(path: Path, **choices: Any) -> Dataset:
    """The only dataset at this path."""
    found, refused = find_datasets(path, Choices(**choices))
    assert [file.reason for file in refused] == []
    assert len(found) == 1
    return found[0]


def refusal(path: Path, **choices: Any) -> str:
    """Why the only file at this path is refused."""
    found, refused = find_datasets(path, Choices(**choices))
    assert found == []
    assert len(refused) == 1
    return refused[0].reason


@dataclass(kw_only=True)
class Reading:
    """All that one sweep of a dataset read."""

    mark: Cursor | None = None
    payloads: list[Payload] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    listings: dict[str, Listing] = field(default_factory=dict)
    unknown_fields: dict[str, int] = field(default_factory=dict)
    records: int = 0
    without_price: int = 0

    @property
    def prices(self) -> dict[str, Decimal]:
        """Prices by time, as `2026-05-01 00:00` (UTC); of the last coin where there are many."""
        return {f"{o.observed_at:%Y-%m-%d %H:%M}": o.price_usd for o in self.observations}

    @property
    def reasons(self) -> list[tuple[str, str]]:
        return [(rejection.field, rejection.reason) for rejection in self.rejections]

    @property
    def only(self) -> Observation:
        assert len(self.observations) == 1, self.reasons
        return self.observations[0]


def read(
    source: Dataset | Path,
    cursor: Cursor | None = None,
    *,
    now: datetime = NOON,
    chunk_bytes: int = CHUNK_BYTES,
    at_most: int = 10_000,
    **choices: Any,
) -> Reading:
    """Read what changed since the cursor, at most so many payloads of it."""
    files = dataset(source, **choices) if isinstance(source, Path) else source
    stream = SOURCE.stream(files.name)
    result = Reading(mark=cursor)
    at = begin(files, cursor)
    while at is not None and len(result.payloads) < at_most:
        payload = read_chunk(files, stream.request(at), at, now, chunk_bytes=chunk_bytes)
        said = interpret(stream, payload)
        result.payloads.append(payload)
        result.observations += said.observations
        result.rejections += said.rejections
        result.listings |= {listing.source_asset_id: listing for listing in said.listings}
        result.unknown_fields |= said.unknown_fields
        result.records += said.records
        result.without_price += said.without_price
        result.mark = said.mark
        at = said.next_cursor
    return result


HEADER = "coin_id,timestamp,price_usd,name\n"


def rows(numbers: range, price: str = "{}.5") -> str:
    """A row of bitcoin for each number, on days that follow each other, under HEADER."""
    days = (NOON.date() - timedelta(days=400 - number) for number in numbers)
    return "".join(
        f"bitcoin,{day},{price.format(number)},x\n"
        for number, day in zip(numbers, days, strict=True)
    )


def contents(reading: Reading) -> bytes:
    """The bytes of all its payloads."""
    return b"".join(payload.body for payload in reading.payloads)


def facts(reading: Reading) -> list[Any]:
    """What it said and what it rejected, wherever in its payloads that stood."""
    seen = [(o.source_asset_id, o.observed_at, o.price_usd) for o in reading.observations]
    return [*seen, *(json.dumps(rejection.raw, default=str) for rejection in reading.rejections)]
