"""Randomness without state: the same seed and words always draw the same numbers."""

import hashlib
import struct
from functools import lru_cache

SPAN = 1 << 32


@lru_cache(maxsize=65_536)  # the nature of a coin is asked for again and again
def draws(count: int, *words: object) -> tuple[float, ...]:
    """`count` numbers in [0, 1) that belong to these words."""
    text = " ".join(map(str, words)).encode()
    digest = hashlib.shake_256(text).digest(4 * count)
    return tuple(number / SPAN for number in struct.unpack(f">{count}I", digest))


def draw(*words: object) -> float:
    """One number in [0, 1) that belongs to these words."""
    return draws(1, *words)[0]
