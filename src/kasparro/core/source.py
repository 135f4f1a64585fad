"""The connector contract: a stream is a record shape and two pure functions.

    request(cursor) -> Request    what to ask for next
    split(payload)  -> Page       the records in the answer, and where to go on

A stream of many plain records may offer a third, `skim`, for speed alone: it says what `split` and
the record shape would. One whose records are not its payload's own words offers `excerpt`, which
shows drift detection some of them as they came, and `renamed`, which applies accepted aliases.

A source never does I/O. The ingestion package sends its requests, keeps its payloads and commits
its checkpoints, so every source gets retries, rate limits, resume and replay without a line of
its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from kasparro.core.contract import Record
from kasparro.core.drift.aliases import Alias
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.limits import Limit

Cursor: TypeAlias = Mapping[str, Any]
"""A position in a stream. Only its source reads it; JSON, so it can be stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One read of a stream, described but not performed; equal requests ask the same thing."""

    path: str  # below the plan's base URL; for a file its name
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One response body or file chunk, byte for byte, with the request it answers."""

    request: Request
    cursor: Cursor  # the position whose request this answers
    body: bytes
    fetched_at: datetime  # UTC, our clock
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)  # lower case: etag, last-modified, age


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A payload split into records, not yet checked."""

    records: Sequence[Any]
    next_cursor: Cursor | None  # None: this sweep has nothing more to ask
    mark: Cursor = field(default_factory=dict)  # what to remember when it has not


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How to ask by id for listings we track and a sweep did not show."""

    cursor: Callable[[Sequence[str]], Cursor]
    ids_per_request: int
    requests_per_sweep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a user may choose about a source's streams."""

    top: int = 1000  # coins to track, by rank, where the source is asked in pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One dataset of a source, with its own record shape and cursor."""

    name: str
    record: type[Record]
    start: Callable[[Options], Cursor]
    request: Callable[[Cursor], Request]
    split: Callable[[Payload], Page]
    interval: timedelta
    plausible_records: int = 0  # a sweep with fewer is logged as a warning, never failed
    carries_prices: bool = True  # False: a catalogue, whose failure never fails a price run
    recall: Recall | None = None
    skim: Callable[[Payload], Page] | None = None  # split, with plain records `Checked` already
    excerpt: Callable[[Payload], Excerpt] | None = None  # None: its records are as they came
    renamed: Callable[[Payload, Sequence[Alias]], Payload] | None = None  # goes with excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one subscription of a source offers: its host, its key header, its limits."""

    base_url: str
    limits: Sequence[Limit]
    key_header: str | None = None  # None: this plan takes no key
    spacing: timedelta = timedelta()  # least time between two calls on the source's own host


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The source's conditions, as data. Shown wherever its numbers are."""

    licence: str
    attribution: str
    url: str
    redistribution: bool
    retention: timedelta | None = None  # None: may be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One provider. `plans` are tried by name: the settings say which one is ours."""

    name: str
    homepage: str
    terms: Terms
    plans: Mapping[str, Plan]
    streams: Sequence[Stream]
    probe: Request | None = None  # the cheapest question, to see whether it answers us at all
    dataset: Callable[[str], Stream] | None = None  # where streams are named by what users bring

    def stream(self, name: str) -> Stream:
        """The stream of this name; a source of datasets makes it. Raises KeyError."""
        for stream in self.streams:
            if stream.name == name:
                return stream
        if self.dataset is None:
            raise KeyError(name)
        return self.dataset(name)
