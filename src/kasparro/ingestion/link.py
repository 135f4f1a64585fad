"""Links what two sources call differently, once both have shown all they have."""

import structlog

from kasparro.core.identity import (
    Link,
    NearMiss,
    Veto,
    candidates,
    link_by_contract,
    link_by_name,
)
from kasparro.core.matching import Candidate
from kasparro.core.slug import slug_for
from kasparro.store import links
from kasparro.store.connect import Connection

LEFT, RIGHT = "coinpaprika", "coingecko"

log = structlog.get_logger()


def link_unlinked(connection: Connection) -> list[Link]:
    """Link by contract, then by name, in one transaction; what is unsure stays alone.

    Returns what was linked: nothing while another process is linking.
    """
    with links.linking(connection) as ours:
        if not ours or not links.both_swept(connection, LEFT, RIGHT):
            return []
        made = _link(connection, *link_by_contract(*_sides(connection)))
        return made + _link(connection, *link_by_name(*_sides(connection)))


def near_misses(connection: Connection) -> list[NearMiss]:
    """Pairs of one symbol that no rule links, for a person to judge."""
    return candidates(*_sides(connection))


def _sides(connection: Connection) -> tuple[list[Candidate], list[Candidate]]:
    return (
        links.candidates(connection, LEFT, other=RIGHT),
        links.candidates(connection, RIGHT, other=LEFT),
    )


def _link(connection: Connection, found: list[Link], vetoes: list[Veto]) -> list[Link]:
    for veto in vetoes:
        log.warning(
            "not linked: prices disagree",
            coinpaprika_id=veto.coinpaprika_id,
            coingecko_id=veto.coingecko_id,
            prices_usd=[str(veto.coinpaprika_price_usd), str(veto.coingecko_price_usd)],
        )
    for one in found:
        listing, slug = _move(connection, one)
        links.link(
            connection,
            listing,
            slug,
            method=one.method,
            evidence=one.evidence,
            confidence=one.confidence,
        )
        log.debug("linked", coin_id=slug, coinpaprika_id=one.coinpaprika_id, method=one.method)
    if found:
        log.info("listings linked", number=len(found), method=found[0].method)
    return found


def _move(connection: Connection, one: Link) -> tuple[tuple[str, str], str]:
    """Which listing moves to the coin of which slug: to CoinGecko's, whichever source came first.

    Where both call it the same, the readable slug went to whoever came first, so that one stays.
    """
    left, right = (LEFT, one.coinpaprika_id), (RIGHT, one.coingecko_id)
    first_come = links.slug_of(connection, left)
    if first_come == slug_for(RIGHT, one.coingecko_id, ()):
        return right, first_come
    return left, links.slug_of(connection, right)
