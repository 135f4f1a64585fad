"""How far the names that two sources give a listing agree, and what in a name counts."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

GENERIC = frozenset({"token", "protocol", "network", "coin", "finance", "chain", "dao", "the"})
BRIDGED = frozenset({"wrapped", "bridged", "peg", "pegged", "wormhole"})
DERIVED = BRIDGED | {"staked", "restaked", "old"}
WORD = re.compile(r"[^\W_]+")
ON_NAME = ((), ("name without generic words",), ("name",))

# On both sources' complete lists of 2022, without prices: 4,599 links of strength 3, 548 of 2 and
# 188 of 1. They hold 121 of the 128 pairs that are known from elsewhere and possible there, and
# one that is known to be wrong; it is of strength 3, so no kind is certain.
CONFIDENCE = {3: Decimal("0.98"), 2: Decimal("0.95"), 1: Decimal("0.90")}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two listings of one symbol have in common; `strength` from 1 (little) to 3 (all)."""

    on: str
    strength: int
    alike: bool  # False: only one of them is wrapped, bridged, staked or old

    @property
    def confidence(self) -> Decimal:
        return CONFIDENCE[self.strength]


def normalized_name(name: str) -> str:
    """Letters and digits only, without the words that name no coin in particular; may be empty."""
    return "".join(word for word in words(name) if word not in GENERIC)


def normalized_symbol(symbol: str) -> str:
    """The symbol as it is compared: BTC for "btc" and " BTC"."""
    return unicodedata.normalize("NFKC", symbol).strip().upper()


def words(name: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", name).casefold())


def agreement(
    paprika_id: str, paprika_name: str, gecko_id: str, gecko_name: str
) -> Agreement | None:
    """How two listings with one symbol agree; None when they do not.

    Ids agree where CoinPaprika's, without the symbol it begins with, is CoinGecko's. Both come
    from the name a coin had when it was listed, so they outlive later renamings.
    """
    if not normalized_name(paprika_name) or not normalized_name(gecko_name):
        return None
    by_name = _name_strength(paprika_name, gecko_name)
    by_id = paprika_id.partition("-")[2].strip("-") == gecko_id
    if not by_name and not by_id:
        return None
    on = " and ".join([*ON_NAME[by_name], *(["id"] if by_id else [])])
    return Agreement(on, by_name + by_id, alike(paprika_name, gecko_name, DERIVED))


def alike(one: str, other: str, marks: frozenset[str]) -> bool:
    """Whether both names bear the same of these marks: Wrapped Foo is not Foo."""
    return marks.intersection(words(one)) == marks.intersection(words(other))


def _name_strength(one: str, other: str) -> int:
    if "".join(words(one)) == "".join(words(other)):
        return 2
    if normalized_name(one) != normalized_name(other):
        return 0
    # "Foo Network" may be "Foo"; "Foo Network" and "Foo Token" are two coins as often as one.
    more, less = GENERIC.intersection(words(one)), GENERIC.intersection(words(other))
    return 1 if more <= less or less <= more else 0
