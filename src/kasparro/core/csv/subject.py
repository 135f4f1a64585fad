"""Decides which coin a CSV file is about, and refuses files that are not priced in dollars.

A listing's id here is upper case where it is a symbol or a pair and lower case where it is our
slug, so that the symbol LINK and the slug `link`, two coins, never meet. CoinGecko's exports keep
their own lower-case pairs, such as `btc-usd`.
"""

from typing import Any

from kasparro.core.csv.coins import (
    DOLLARS,
    KnownCoins,
    full_name,
    pair_in_name,
    pair_of,
    word_in_name,
)
from kasparro.core.csv.header import Header
from kasparro.core.errors import BadRequestError

SAMPLED = 50  # rows enough to see in which currencies a file is priced
NAMING = ("coin_id", "foreign_id", "pair", "symbol")
"""The fields by which a row can name its coin, the most telling first."""


def subject(
    header: Header, name: str, chosen: str | None, known: KnownCoins
) -> dict[str, Any] | None:
    """The coin of all records of a file called `name`; None where each names its own.

    Raises BadRequestError when it is not known, or chosen for a file of several.
    """
    chosen = chosen.strip().lower() if chosen is not None else None
    naming = next((field for field in NAMING if header.has(field)), None)
    if naming is None:
        return _of_name(name, chosen, known, lower_case=header.shape.lower_case_ids)
    if chosen is None:
        return None
    named = {cell.casefold(): cell for cell in header.cells(naming)}
    if len(named) > 1:
        raise BadRequestError(
            f"names {len(named)} coins in its rows, so --coin cannot stand for all of them"
        )
    return {"id": chosen, "coin_id": chosen, "only": "".join(named.values())}


def refuse_other_quotes(header: Header) -> None:
    """Raises BadRequestError when the first rows say currencies, and none of them a dollar."""
    said = header.cells("quote")[:SAMPLED]
    quotes = {header.shape.quotes.get(cell, cell).upper() for cell in said}
    quotes |= {pair.quote for cell in header.cells("pair")[:SAMPLED] if (pair := pair_of(cell))}
    if quotes and not quotes & DOLLARS:
        _refuse_quote(", ".join(sorted(quotes)))


def _of_name(
    name: str, chosen: str | None, known: KnownCoins, *, lower_case: bool
) -> dict[str, Any]:
    pair = pair_in_name(name)
    quote = pair.quote if pair is not None else ""
    if quote and quote not in DOLLARS:
        _refuse_quote(f"{quote}, as its name says")
    if chosen is not None:
        return _coin(chosen, known) | {"quote": quote}
    word = pair.base.lower() if pair is not None else full_name(name)
    if pair is None and word not in known.by_name:
        word = word_in_name(name)
    with_symbol = known.by_symbol.get(word.upper(), frozenset())
    slugs = known.by_name.get(word, frozenset()) | with_symbol
    if len(slugs) > 1:
        raise BadRequestError(
            f"may be about {' or '.join(sorted(slugs))} by its name; say --coin COIN"
        )
    if slugs and not with_symbol:
        return _coin(min(slugs), known) | {"quote": quote}
    if pair is None and not with_symbol:
        raise BadRequestError("does not say which coin it is about; say --coin COIN")
    own = word.upper() if pair is None else f"{pair.base}-{pair.quote}"
    return {"id": own.lower() if lower_case else own, "symbol": word.upper(), "quote": quote}


def _coin(slug: str, known: KnownCoins) -> dict[str, Any]:
    symbol, name = known.names.get(slug, ("", ""))
    return {"id": slug, "coin_id": slug, "symbol": symbol, "name": name}


def _refuse_quote(quotes: str) -> None:
    raise BadRequestError(f"is priced in {quotes}; only USD, USDT and USDC count as dollars")
