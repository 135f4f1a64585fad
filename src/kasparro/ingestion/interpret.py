"""Turn a payload into rows. Pure, so a live run and a replay cannot disagree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from kasparro.core.contract import Checked, Record, Rejection, check
from kasparro.core.drift.aliases import Alias, in_our_names
from kasparro.core.interpretation import Interpretation
from kasparro.core.observation import Listing, is_believable
from kasparro.core.source import Page, Payload, Stream

NOTHING_HELD: Mapping[int, tuple[str, str]] = MappingProxyType({})


def interpret(
    stream: Stream,
    payload: Payload,
    aliases: Sequence[Alias] = (),
    held: Mapping[int, tuple[str, str]] = NOTHING_HELD,
) -> Interpretation:
    """Check every record of the payload.

    Fields may go by their `aliases`; `held` records, by position, are set aside with the field and
    the reason given there. Raises MalformedPayloadError when the body cannot be split into records.
    """
    page = split_page(stream, payload, aliases, plain=bool(held))
    return interpret_page(stream, page, payload.fetched_at, aliases, held)


def split_page(stream: Stream, payload: Payload, aliases: Sequence[Alias], *, plain: bool) -> Page:
    """The payload's records; `plain`: as they came, none of them checked already."""
    if aliases and stream.renamed is not None:
        payload = stream.renamed(payload, aliases)
    split = stream.split if plain or stream.skim is None else stream.skim
    return split(payload)


def interpret_page(
    stream: Stream,
    page: Page,
    fetched_at: datetime,
    aliases: Sequence[Alias] = (),
    held: Mapping[int, tuple[str, str]] = NOTHING_HELD,
) -> Interpretation:
    """The same of a payload that is split already."""
    result = Interpretation(records=len(page.records), next_cursor=page.next_cursor, mark=page.mark)
    reader = _Reader(stream, fetched_at, aliases if stream.renamed is None else ())
    for position, raw in enumerate(page.records):
        if isinstance(raw, Checked):
            _note(result, raw.listing, raw.unknown_fields)
            result.observations.append(raw.observation)
        else:
            reader.add(result, raw, position, held.get(position))
    return result


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads single records of one payload."""

    stream: Stream
    fetched_at: datetime
    aliases: Sequence[Alias]

    def add(
        self, result: Interpretation, raw: Any, position: int, held: tuple[str, str] | None
    ) -> None:
        record = self._check(raw, position)
        if isinstance(record, Rejection):
            result.rejections.append(record)
            return
        observation = record.observation(position)
        if observation is not None and not is_believable(
            observation.observed_at, fetched_at=self.fetched_at
        ):
            when = observation.observed_at
            reason = f"observed at {when}: before bitcoin, or after we fetched it"
            result.rejections.append(_rejection(raw, position, "time", reason))
            return
        if held is not None:
            result.rejections.append(_rejection(raw, position, *held))
            if not self.stream.carries_prices:  # a catalogue's record is nothing but its listing
                return
            observation = None
        _note(result, record.listing(), record.unknown_fields())
        if observation is not None:
            result.observations.append(observation)
        elif self.stream.carries_prices and held is None:
            result.without_price += 1

    def _check(self, raw: Any, position: int) -> Record | Rejection:
        if not isinstance(raw, Mapping):
            reason = f"a record must be an object, this is {type(raw).__name__}"
            return _rejection(raw, position, "", reason)
        if not self.aliases:
            return check(self.stream.record, raw, position)
        record = check(self.stream.record, in_our_names(raw, self.aliases), position)
        return replace(record, raw=raw) if isinstance(record, Rejection) else record


def _rejection(raw: Any, position: int, field: str, reason: str) -> Rejection:
    return Rejection(position=position, raw=raw, field=field, reason=reason)


def _note(result: Interpretation, listing: Listing, unknown_fields: Iterable[str]) -> None:
    result.listings.append(listing)
    for name in unknown_fields:
        result.unknown_fields[name] += 1
