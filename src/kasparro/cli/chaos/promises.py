"""What no fault may do: lose a statement, double one, or leave anything half done. Pure."""

from collections.abc import Iterator

from kasparro.store.ledger import Key, Ledger, Said


def broken(undisturbed: Ledger, disturbed: Ledger) -> list[str]:
    """Which promises a database broke that was disturbed and then swept again in peace.

    Statements out of payloads the undisturbed one never got are the fault's own: they may stand
    beside the true ones, and over one only if that is kept as a revision.
    """
    return [
        *_counted("payloads lost", len(undisturbed.payloads - disturbed.payloads)),
        *_counted("statements lost", sum(_lost(undisturbed, disturbed))),
        *_counted("statements from nowhere", sum(_from_nowhere(undisturbed, disturbed))),
        *_counted("listings taken for something else", sum(_mistaken(undisturbed, disturbed))),
        *_counted("streams that are not where they were", sum(_astray(undisturbed, disturbed))),
        *(f"{number} {what}" for what, number in disturbed.contradictions.items()),
    ]


def untrue(undisturbed: Ledger, disturbed: Ledger) -> int:
    """How many statements stand that an undisturbed source would not have made."""
    return sum(
        not _same(undisturbed.stands.get(key), said) and not _stood(undisturbed, key, said)
        for key, said in disturbed.stands.items()
    )


def foreign(undisturbed: Ledger, disturbed: Ledger) -> bool:
    """Whether bytes were kept that an undisturbed source never sent."""
    return not disturbed.payloads <= undisturbed.payloads


def moved_back(before: Ledger, after: Ledger) -> list[str]:
    """Streams whose last success is gone or earlier: a failed run may not touch it."""
    earlier = [
        stream
        for stream, was in before.positions.items()
        if was.last_success_at is not None
        and (
            stream not in after.positions
            or (after.positions[stream].last_success_at or was.last_success_at)
            < was.last_success_at
            or after.positions[stream].last_success_at is None
        )
    ]
    return [f"the checkpoint of {stream} moved back" for stream in earlier]


def _lost(undisturbed: Ledger, disturbed: Ledger) -> Iterator[bool]:
    for key, said in undisturbed.stands.items():
        there = disturbed.stands.get(key)
        if _same(there, said):
            continue
        covered = there is not None and there.payload not in undisturbed.payloads
        yield not (covered and _stood(disturbed, key, said))


def _from_nowhere(undisturbed: Ledger, disturbed: Ledger) -> Iterator[bool]:
    for key, said in disturbed.stands.items():
        known = said.payload in undisturbed.payloads
        yield known and not _same(undisturbed.stands.get(key), said)
    for key, stood in disturbed.stood.items():
        for said in stood:
            known = said.payload in undisturbed.payloads
            expected = _same(undisturbed.stands.get(key), said) or _stood(undisturbed, key, said)
            yield known and not expected


def _mistaken(undisturbed: Ledger, disturbed: Ledger) -> Iterator[bool]:
    for listing, expected in undisturbed.listings.items():
        yield disturbed.listings.get(listing) != expected


def _astray(undisturbed: Ledger, disturbed: Ledger) -> Iterator[bool]:
    for stream, expected in undisturbed.positions.items():
        there = disturbed.positions.get(stream)
        yield there is None or (there.cursor, there.between_sweeps) != (
            expected.cursor,
            expected.between_sweeps,
        )


def _same(one: Said | None, other: Said) -> bool:
    """The same numbers; the same bytes may have come in more than one payload."""
    return one is not None and one.values == other.values


def _stood(book: Ledger, key: Key, said: Said) -> bool:
    return any(_same(earlier, said) for earlier in book.stood.get(key, frozenset()))


def _counted(what: str, number: int) -> list[str]:
    return [f"{number} {what}"] if number else []
