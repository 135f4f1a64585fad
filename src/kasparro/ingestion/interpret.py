"""Turn a payload into rows. Pure, so a live run and a replay cannot disagree."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from kasparro.core.contract import Checked, Rejection, check
from kasparro.core.interpretation import Interpretation
from kasparro.core.observation import Listing, is_believable
from kasparro.core.source import Payload, Stream


def interpret(stream: Stream, payload: Payload) -> Interpretation:
    """Check every record of the payload.

    Raises MalformedPayloadError when the body cannot be split into records at all.
    """
    page = (stream.skim or stream.split)(payload)
    result = Interpretation(records=len(page.records), next_cursor=page.next_cursor, mark=page.mark)
    for position, raw in enumerate(page.records):
        if isinstance(raw, Checked):
            _note(result, raw.listing, raw.unknown_fields)
            result.observations.append(raw.observation)
        else:
            _add(result, stream, raw, position, payload.fetched_at)
    return result


def _add(
    result: Interpretation, stream: Stream, raw: Any, position: int, fetched_at: datetime
) -> None:
    if not isinstance(raw, Mapping):
        reason = f"a record must be an object, this is {type(raw).__name__}"
        result.rejections.append(Rejection(position=position, raw=raw, field="", reason=reason))
        return
    record = check(stream.record, raw, position)
    if isinstance(record, Rejection):
        result.rejections.append(record)
        return
    observation = record.observation(position)
    if observation is not None and not is_believable(
        observation.observed_at, fetched_at=fetched_at
    ):
        reason = f"observed at {observation.observed_at}: before bitcoin, or after we fetched it"
        result.rejections.append(Rejection(position=position, raw=raw, field="time", reason=reason))
        return
    _note(result, record.listing(), record.unknown_fields())
    if observation is not None:
        result.observations.append(observation)
    elif stream.carries_prices:
        result.without_price += 1


def _note(result: Interpretation, listing: Listing, unknown_fields: Iterable[str]) -> None:
    result.listings.append(listing)
    for name in unknown_fields:
        result.unknown_fields[name] += 1
