"""Reads files as a run would and stores nothing: how they are understood, before it counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kasparro.core.contract import Rejection
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Source
from kasparro.ingestion.chunks import begin, read_chunk
from kasparro.ingestion.files import Dataset
from kasparro.ingestion.interpret import interpret

SHOWN = 3  # first and last rows, and rejections


@dataclass(slots=True, kw_only=True)
class Preview:
    """How one file is understood; `params` are what its records are read with."""

    file: str
    dataset: str
    params: Mapping[str, Any] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    rows: int = 0
    prices: int = 0
    rejected: int = 0
    first: list[Observation] = field(default_factory=list)
    last: list[Observation] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


def preview(source: Source, dataset: Dataset, now: datetime) -> Iterator[Preview]:
    """Read the files of a dataset to their ends, in chunks, and tell what was read.

    Raises what a run would raise: a file that is being rewritten, or holds no whole record.
    """
    found: dict[str, Preview] = {}
    stream = source.stream(dataset.name)
    cursor = begin(dataset, None)
    while cursor is not None:
        payload = read_chunk(dataset, stream.request(cursor), cursor, now)
        result = interpret(stream, payload)
        file = payload.request.path
        own = found.setdefault(file, Preview(file=file, dataset=dataset.name))
        own.params = payload.request.params
        own.listings |= {item.source_asset_id: item for item in result.listings}
        own.rows += result.records
        own.prices += len(result.observations)
        own.rejected += len(result.rejections)
        own.first = [*own.first, *result.observations[:SHOWN]][:SHOWN]
        own.last = [*own.last, *result.observations[-SHOWN:]][-SHOWN:]
        own.rejections = [*own.rejections, *result.rejections[:SHOWN]][:SHOWN]
        cursor = result.next_cursor
    yield from found.values()
