"""Reads CoinPaprika's query parameters; whatever it would not accept raises Instead."""

import re
from collections.abc import Mapping

from kasparro.sandbox.coinpaprika.refusals import INVALID_PARAMETERS
from kasparro.sandbox.currencies import Currency, of_coinpaprika
from kasparro.sandbox.instants import read
from kasparro.sandbox.wire import Instead

WHOLE = re.compile(r"[0-9]{1,9}")


def whole(text: str, *, least: int, most: int) -> int:
    """A whole number out of the parameters; raises Instead when it is none or out of bounds."""
    if not WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise Instead(INVALID_PARAMETERS)
    return int(text)


def instant_ms(params: Mapping[str, str], name: str) -> int | None:
    """The instant a parameter names; None when it is not given."""
    text = params.get(name)
    if text is None:
        return None
    try:
        return read(text)
    except ValueError:
        raise Instead(INVALID_PARAMETERS) from None


def quote_currency(params: Mapping[str, str]) -> Currency:
    """`quote`: usd or btc."""
    code = params.get("quote", "usd").lower()
    if code not in {"usd", "btc"}:
        raise Instead(INVALID_PARAMETERS)
    return of_coinpaprika()[code]
