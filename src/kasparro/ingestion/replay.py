"""Interprets every stored payload again with today's code, without a network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from kasparro.core.errors import FatalError
from kasparro.core.source import Source
from kasparro.ingestion.interpret import interpret
from kasparro.store.holding import streams_held
from kasparro.store.shadow import Shadow, StoredPayload

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay did; `differences` are rows only one side has, by table."""

    payloads: int = 0
    uninterpreted: int = 0
    differences: Mapping[str, int] = field(default_factory=dict)


def replay(
    url: str,
    sources: Mapping[str, Source],
    *,
    holder: str,
    lease_duration: timedelta,
    verify: bool,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Replayed:
    """Fill shadow tables from the payloads; then compare (`verify`) or swap them in.

    Killed at any moment, it leaves the tables as they were. Raises BusyError while a run is under
    way and FatalError when there are payloads of a source this code does not know.
    """
    result = Replayed()
    with (
        streams_held(url, purpose="replay", holder=holder, duration=lease_duration) as held,
        Shadow(url) as shadow,
    ):
        total = shadow.payload_count()
        for stored in shadow.payloads():
            _write_again(shadow, sources, stored, result)
            progress(result.payloads, total)
        result.differences = shadow.differences()
        if not verify:
            shadow.swap(held)
    return result


def _write_again(
    shadow: Shadow, sources: Mapping[str, Source], stored: StoredPayload, result: Replayed
) -> None:
    result.payloads += 1
    source = sources.get(stored.stream.source)
    if source is None:
        raise FatalError(
            f"this version cannot read the stored payloads of {stored.stream.source}, so a replay"
            " would lose what they said: use a version that has this source"
        )
    try:
        interpretation = interpret(
            source.stream(stored.stream.stream),
            stored.payload,
            shadow.aliases(stored),
            shadow.held(stored),
        )
    except Exception as error:  # noqa: BLE001  # as in a run: bytes we cannot read are kept, and said
        reason = f"{type(error).__name__}: {error}"
        result.uninterpreted += 1
        log.warning("uninterpreted", payload=stored.payload_id, reason=reason)
        shadow.unread(stored, reason)
        return
    shadow.write(stored, interpretation)
