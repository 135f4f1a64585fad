"""How a check fails: a promise was broken, and these words say which and how."""

from typing import Any

from kasparro.store.connect import Connection
from kasparro.store.digest import digest, digest_lines, holdings


class BrokenError(Exception):
    """What was seen is not what was promised."""


def must(holds: bool, otherwise: str) -> None:
    """Raises BrokenError with these words unless it holds."""
    if not holds:
        raise BrokenError(otherwise)


def must_say_the_same(one: Connection, other: Connection) -> str:
    """Raises BrokenError naming the kinds of facts in which two databases differ; their digest."""
    kinds = differences(one, other)
    must(not kinds, f"the digests differ in {', '.join(sorted(kinds))}")
    must_equal("payloads and prices", holdings(one), holdings(other))
    return digest(one)


def differences(one: Connection, other: Connection) -> set[str]:
    """The kinds of facts in which two databases differ."""
    lines = set(digest_lines(one)) ^ set(digest_lines(other))
    return {line.partition(":")[0] for line in lines}


def must_equal(what: str, found: Any, promised: Any) -> None:
    must(found == promised, f"{what}: {found}, not {promised}")
