"""Pairs listings of two sources by what they have in common, and tells rivals from pairs alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from kasparro.core.names import Agreement, agreement, normalized_symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One listing as its source shows it; a source has each id once."""

    source: str
    source_asset_id: str
    symbol: str
    name: str
    price_usd: Decimal | None = None
    observed_at: datetime | None = None
    contracts: frozenset[tuple[str, str]] = frozenset()  # (platform, address)
    linked: bool = False  # its counterpart is known: it is not linked again, but stays a rival


Pair: TypeAlias = tuple[Candidate, Candidate]
"""One of CoinPaprika, one of CoinGecko."""


def same_symbol(paprika: Iterable[Candidate], gecko: Iterable[Candidate]) -> Iterator[Pair]:
    """Every pair of one symbol; an empty symbol is nobody's."""
    theirs = defaultdict(list)
    for one in gecko:
        theirs[normalized_symbol(one.symbol)].append(one)
    for one in paprika:
        if symbol := normalized_symbol(one.symbol):
            yield from ((one, other) for other in theirs.get(symbol, ()))


def agreeing(paprika: Iterable[Candidate], gecko: Iterable[Candidate]) -> dict[Pair, Agreement]:
    """The pairs of one symbol whose names agree, and how far."""
    pairs = {
        pair: agreement(
            pair[0].source_asset_id, pair[0].name, pair[1].source_asset_id, pair[1].name
        )
        for pair in same_symbol(paprika, gecko)
    }
    return {pair: found for pair, found in pairs.items() if found is not None}


def unrivalled(named: Mapping[Pair, Agreement]) -> list[Pair]:
    """The pairs whose two sides agree with nothing else.

    A pair is no rival when both its sides agree better with something else: the coin named Leo
    does not come between LEO Token and LEO Token, if it has a namesake of its own.
    """
    best: Counter[Candidate] = Counter()
    for pair, found in named.items():
        for one in pair:
            best[one] = max(best[one], found.strength)
    return alone(
        pair for pair, found in named.items() if found.strength >= min(best[one] for one in pair)
    )


def alone(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs whose sides are in no other pair, and not linked yet."""
    kept = list(pairs)
    seen = Counter(one for pair in kept for one in pair)
    return [pair for pair in kept if all(seen[one] == 1 and not one.linked for one in pair)]


def sharing_contracts(
    paprika: Iterable[Candidate], gecko: Iterable[Candidate]
) -> dict[Pair, list[str]]:
    """The pairs that claim the same contracts, and which; what two of a source claim counts not."""
    ours, theirs = _owners(paprika), _owners(gecko)
    shared: dict[Pair, list[str]] = defaultdict(list)
    for contract in sorted(ours.keys() & theirs.keys()):
        shared[ours[contract], theirs[contract]].append(":".join(contract))
    return shared


def _owners(side: Iterable[Candidate]) -> dict[tuple[str, str], Candidate]:
    claims = defaultdict(list)
    for one in side:
        for contract in one.contracts:
            claims[contract].append(one)
    return {contract: owners[0] for contract, owners in claims.items() if len(owners) == 1}
