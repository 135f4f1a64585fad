"""Which listings of CoinPaprika and CoinGecko are one asset: evidence in, links out, no guesses.

A symbol alone is never evidence, a price only ever speaks against, and what two listings could
claim neither gets: an asset left alone is linked later, a wrong link spoils the history of two.
Each function takes every listing of both sources, linked ones too: those make others ambiguous.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from kasparro.core.matching import (
    Candidate,
    Pair,
    agreeing,
    alone,
    same_symbol,
    sharing_contracts,
    unrivalled,
)
from kasparro.core.names import BRIDGED, Agreement, alike, normalized_symbol

COMPARABLE = timedelta(hours=24)
TOLERANCE = Decimal("1.2")
BY_CONTRACT = Decimal("0.99")

Method: TypeAlias = Literal["contract", "name"]


@dataclass(frozen=True, slots=True)
class Link:
    """Two listings that are one asset, and what says so."""

    coinpaprika_id: str
    coingecko_id: str
    method: Method
    evidence: Mapping[str, str]
    confidence: Decimal  # 0 to 1


@dataclass(frozen=True, slots=True)
class Veto:
    """Two listings that would be linked, were it not for their prices."""

    coinpaprika_id: str
    coingecko_id: str
    method: Method
    coinpaprika_price_usd: Decimal
    coingecko_price_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Two unlinked listings of one symbol, for a person to judge."""

    coinpaprika_id: str
    coingecko_id: str
    symbol: str
    reason: str


def link_by_name(
    paprika: Sequence[Candidate], gecko: Sequence[Candidate]
) -> tuple[list[Link], list[Veto]]:
    """Link listings of the same symbol that agree with each other and with nobody else."""
    named = agreeing(paprika, gecko)
    found = {
        pair: (named[pair].confidence, {"agree": named[pair].on})
        for pair in unrivalled(named)
        if named[pair].alike
    }
    return _judge(found, "name")


def link_by_contract(
    paprika: Sequence[Candidate], gecko: Sequence[Candidate]
) -> tuple[list[Link], list[Veto]]:
    """Link listings that claim the same contract, each alone in its source.

    CoinPaprika files a bridged contract under the coin, CoinGecko under a coin of its own: where
    the names point elsewhere, or only one name says "bridged", a contract proves nothing.
    """
    shared = sharing_contracts(paprika, gecko)
    named = agreeing(paprika, gecko)
    named_elsewhere = {one for pair in named for one in pair}
    found = {
        pair: (BY_CONTRACT, {"contracts": ", ".join(shared[pair])})
        for pair in alone(shared)
        if alike(pair[0].name, pair[1].name, BRIDGED)
        and (pair in named or named_elsewhere.isdisjoint(pair))
    }
    return _judge(found, "contract")


def candidates(paprika: Sequence[Candidate], gecko: Sequence[Candidate]) -> list[NearMiss]:
    """Every pair of one symbol that no rule links, the likeliest first, and what is in the way."""
    judged = link_by_contract(paprika, gecko), link_by_name(paprika, gecko)
    vetoes = {(v.coinpaprika_id, v.coingecko_id): v for _, refused in judged for v in refused}
    linked = [link for links, _ in judged for link in links]
    ours = {link.coinpaprika_id for link in linked}
    theirs = {link.coingecko_id for link in linked}
    named = agreeing(paprika, gecko)
    misses = [
        (-named[pair].strength if pair in named else 0, _near_miss(pair, named, vetoes))
        for pair in same_symbol(
            [one for one in paprika if not one.linked and one.source_asset_id not in ours],
            [one for one in gecko if not one.linked and one.source_asset_id not in theirs],
        )
    ]
    misses.sort(key=lambda miss: (miss[0], miss[1].coinpaprika_id, miss[1].coingecko_id))
    return [miss for _, miss in misses]


def _near_miss(
    pair: Pair, named: Mapping[Pair, Agreement], vetoes: Mapping[tuple[str, str], Veto]
) -> NearMiss:
    ours, theirs = pair
    if veto := vetoes.get((ours.source_asset_id, theirs.source_asset_id)):
        prices = f"{veto.coinpaprika_price_usd} and {veto.coingecko_price_usd} US dollars"
        reason = f"the prices disagree: {prices}"
    elif pair not in named:
        reason = f"the names differ: {ours.name!r} and {theirs.name!r}"
    elif not named[pair].alike:
        reason = "only one of them is wrapped, bridged, staked or old"
    else:
        reason = "other listings match as well"
    return NearMiss(
        coinpaprika_id=ours.source_asset_id,
        coingecko_id=theirs.source_asset_id,
        symbol=normalized_symbol(ours.symbol),
        reason=reason,
    )


def _judge(
    found: Mapping[Pair, tuple[Decimal, Mapping[str, str]]], method: Method
) -> tuple[list[Link], list[Veto]]:
    links, vetoes = [], []
    for (ours, theirs), (confidence, because) in found.items():
        ids = ours.source_asset_id, theirs.source_asset_id
        prices = _comparable_prices(ours, theirs)
        if prices is not None and max(prices) > min(prices) * TOLERANCE:
            vetoes.append(Veto(*ids, method, *prices))
        else:
            evidence = {**because, **_evidence(ours, theirs, prices)}
            links.append(Link(*ids, method, evidence, confidence))
    links.sort(key=lambda link: (link.coinpaprika_id, link.coingecko_id))
    vetoes.sort(key=lambda veto: (veto.coinpaprika_id, veto.coingecko_id))
    return links, vetoes


def _comparable_prices(ours: Candidate, theirs: Candidate) -> tuple[Decimal, Decimal] | None:
    if ours.price_usd is None or theirs.price_usd is None:
        return None
    if ours.observed_at is None or theirs.observed_at is None:
        return None
    if abs(ours.observed_at - theirs.observed_at) > COMPARABLE:
        return None
    return ours.price_usd, theirs.price_usd


def _evidence(
    ours: Candidate, theirs: Candidate, prices: tuple[Decimal, Decimal] | None
) -> dict[str, str]:
    said = {"symbol": ours.symbol, "coinpaprika_name": ours.name, "coingecko_name": theirs.name}
    if prices is not None:
        said |= {"coinpaprika_price_usd": str(prices[0]), "coingecko_price_usd": str(prices[1])}
    return said
