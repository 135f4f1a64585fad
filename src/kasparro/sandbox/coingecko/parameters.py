"""Reads CoinGecko's query parameters; whatever it would not accept raises Instead."""

import re
from collections.abc import Mapping, Sequence

from kasparro.sandbox.coingecko.refusals import invalid, missing
from kasparro.sandbox.currencies import Currency, of_coingecko

MOST_DIGITS = 18
WHOLE = re.compile(r"[0-9]{1,9}")


def listed(text: str) -> Sequence[str]:
    """The items of a comma list; after a space nothing of an item is read."""
    return [item.split()[0] for item in text.split(",") if item.strip()]


def quote_currency(params: Mapping[str, str], name: str = "vs_currency") -> Currency:
    code = params.get(name, "").strip().lower()
    if not code:
        raise missing(name)
    known = of_coingecko().get(code)
    if known is None:
        raise invalid(name)
    return known


def precision(params: Mapping[str, str]) -> str | None:
    """ "full", a number of places, or None for the usual rounding."""
    text = params.get("precision")
    if text is None or text == "full":
        return text
    if not WHOLE.fullmatch(text) or int(text) > MOST_DIGITS:
        raise invalid("precision")
    return text


def yes(params: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    return params[name].lower() == "true" if name in params else default


def number(params: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    """A whole number, pulled into its bounds; nonsense counts as not given."""
    text = params.get(name, "")
    return min(max(int(text), least), most) if WHOLE.fullmatch(text) else default
