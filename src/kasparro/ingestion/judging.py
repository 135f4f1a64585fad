"""Reads a payload and judges how it drifted, before anything of it is written.

What was stored already is not judged again: its holds are on record. What was asked for by id is
no sample of anything: it is held by what its sweep has found.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeAlias

from kasparro.core import payload_json
from kasparro.core.complaints import complaint_in
from kasparro.core.drift.aliases import Alias, in_our_names
from kasparro.core.drift.baseline import ENOUGH
from kasparro.core.drift.event import Drift
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.expected import expected_of
from kasparro.core.drift.judge import Judgement, holds_of, judge
from kasparro.core.drift.structure import unsplittable
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Page, Payload, Stream
from kasparro.ingestion.interpret import interpret, interpret_page, split_page
from kasparro.store.drift import Decided, DriftBook
from kasparro.store.payloads import Stored, sha256

Opened: TypeAlias = Callable[[], AbstractContextManager[DriftBook]]
"""The stream's book of drift, in a context that turns a lost database into our own error."""


def read(
    stream: Stream,
    payload: Payload,
    book: Opened,
    *,
    stored: Stored | None,
    by_id: bool,
    since: datetime | None,
) -> tuple[Interpretation, Judgement | None]:
    """What the payload says, without the records that must wait, and what is to be recorded.

    `stored` is what the same request answered last; `since`, when the sweep began.
    """
    with book() as own:
        decided = own.decided()
        if stored is not None and stored.interpreted and stored.sha256 == sha256(payload.body):
            return interpret(stream, payload, decided.aliases, own.held(stored.payload_id)), None
    page = split_page(stream, payload, decided.aliases, plain=False)
    judgement = _judgement(stream, payload, page, book, decided, by_id=by_id, since=since)
    if held := judgement.held:
        return interpret(stream, payload, decided.aliases, held), judgement
    return interpret_page(stream, page, payload.fetched_at, decided.aliases), judgement


def unread(payload: Payload) -> Drift | None:
    """The drift of a payload that could not be split; None when its body is no JSON of theirs."""
    try:
        document = payload_json.decode(payload.body)
    except ValueError:
        return None
    return unsplittable(document) if complaint_in(document) is None else None


def _judgement(
    stream: Stream,
    payload: Payload,
    page: Page,
    book: Opened,
    decided: Decided,
    *,
    by_id: bool,
    since: datetime | None,
) -> Judgement:
    excerpt = _excerpt(stream, payload, page, decided.aliases)
    if by_id or len(excerpt.records) < ENOUGH:
        with book() as own:
            known = own.in_force(since) if since is not None and not excerpt.whole else []
        return _by_what_is_known(known, excerpt)
    with book() as own:
        before = own.baseline(excerpt.part)
    judged = judge(excerpt, before, decided.denied)
    records = page.records if excerpt.whole else excerpt.records
    holds = holds_of(judged.drifts, records, whole=excerpt.whole)
    return Judgement(drifts=judged.drifts, part=judged.part, baseline=judged.baseline, holds=holds)


def _by_what_is_known(known: Sequence[Drift], excerpt: Excerpt) -> Judgement:
    """Fields nobody knows are news in any record; what holds the sweep holds these too."""
    renamed = {one.details.get("alias") for one in known}
    news = [one for one in judge(excerpt, None).drifts if one.path not in renamed]
    holds = holds_of(known, excerpt.records, whole=False)
    touching = [one for one in known if holds[one.category, one.path]]
    return Judgement(drifts=[*touching, *news], holds=holds)


def _excerpt(stream: Stream, payload: Payload, page: Page, aliases: Sequence[Alias]) -> Excerpt:
    if stream.excerpt is not None:
        own = stream.renamed(payload, aliases) if aliases and stream.renamed else payload
        return stream.excerpt(own)
    records = [in_our_names(one, aliases) if isinstance(one, dict) else {} for one in page.records]
    return Excerpt(
        part=json.dumps([payload.request.path, dict(payload.request.params)], sort_keys=True),
        records=records,
        expected=expected_of(stream.record),
        fetched_at=payload.fetched_at.timestamp(),
        size=len(records),
    )
