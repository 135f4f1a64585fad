"""CSV files: our own layout, exports of well-known sites, and layouts a user describes.

API     files of the machine the worker runs on; `kasparro.core.csv.shapes` has their shapes
Key     none
Cursor  {"queue": [files still to read], "files": {file: how far it was read, and its hash}}
Limits  none
Quirks  A dataset is a stream. A payload is a chunk of a file that ends where a record ends; the
        request carries all that its records need to be read again. A candle that is not over when
        its file is read is no observation, and the checkpoint stays before its chunk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kasparro.core.contract import Checked
from kasparro.core.csv import excerpt as excerpts
from kasparro.core.csv.marks import advance
from kasparro.core.csv.plain import PlainReader
from kasparro.core.csv.records import RecordReader
from kasparro.core.csv.row import Row
from kasparro.core.drift.aliases import Alias
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.source import Cursor, Page, Payload, Request, Source, Stream, Terms


def request(cursor: Cursor) -> Request:
    key = cursor["queue"][0]
    return Request(path=key, params={"offset": cursor["files"].get(key, {}).get("offset", 0)})


def split(payload: Payload) -> Page:
    reader = RecordReader(payload.request.params, payload.fetched_at)
    return _page(payload, reader.read(_text(payload)))


def skim(payload: Payload) -> Page:
    reader = PlainReader(payload.request.params, payload.fetched_at)
    return _page(payload, reader.read(_text(payload)))


def excerpt(payload: Payload) -> Excerpt:
    return excerpts.excerpt(payload, _text(payload))


def renamed(payload: Payload, aliases: Sequence[Alias]) -> Payload:
    """The payload with other names for columns, which its reader tries where a column is gone."""
    params = {**payload.request.params, "aliases": [list(alias) for alias in aliases]}
    return replace(payload, request=replace(payload.request, params=params))


def _text(payload: Payload) -> str:
    params = payload.request.params
    above = max(0, params["preamble"] - params["offset"])
    return payload.body[above:].decode("utf-8", "replace")


def _page(payload: Payload, records: Sequence[Checked | Mapping[str, Any]]) -> Page:
    still_open = any(
        "incomplete" in record for record in records if not isinstance(record, Checked)
    )
    ahead = advance(payload, provisional=still_open)
    return Page(records=records, next_cursor=ahead if ahead["queue"] else None, mark=ahead)


def dataset(name: str) -> Stream:
    return Stream(
        name=name,
        record=Row,
        start=lambda _: {"queue": [], "files": {}},
        request=request,
        split=split,
        skim=skim,
        excerpt=excerpt,
        renamed=renamed,
        interval=timedelta(hours=1),
    )


SOURCE = Source(
    name="csv",
    homepage="",
    terms=Terms(
        licence="Whatever the files' owner has been granted for them",
        attribution="CSV files of this installation",
        url="",
        redistribution=False,
    ),
    plans={},
    streams=[],
    dataset=dataset,
)
