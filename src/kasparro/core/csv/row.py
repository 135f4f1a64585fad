"""What a record of a CSV file must be before its numbers are believed."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from kasparro.core.contract import (
    Id,
    OptionalAmount,
    OptionalNumber,
    OptionalPrice,
    Record,
    Text,
    ZeroIsUnknown,
)
from kasparro.core.csv.coins import DOLLARS
from kasparro.core.observation import Listing, Observation


def moment_of(text: object) -> datetime | None:
    """The instant a record's time says, in UTC; None where it says none."""
    try:
        moment = datetime.fromisoformat(str(text))
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _instant(text: object) -> datetime:
    moment = moment_of(text)
    if moment is not None:
        return moment
    reason = f"no time can be read in {text!r}" if text else "no time; --default-time sets one"
    raise PydanticCustomError("time", "{reason}", {"reason": reason})


def _named(text: object) -> object:
    if not text:
        raise PydanticCustomError("coin", "names no coin")
    return text


def _in_dollars(quote: object) -> object:
    if quote and quote not in DOLLARS:
        reason = f"priced in {quote}; only USD, USDT and USDC count as dollars"
        raise PydanticCustomError("quote", "{reason}", {"reason": reason})
    return quote


class Row(Record):
    id: Annotated[Id, BeforeValidator(_named)]
    time: Annotated[datetime, BeforeValidator(_instant)]
    price_usd: OptionalPrice
    symbol: Text = ""
    name: Text = ""
    coin_id: Text | None = None
    by_symbol: bool = False
    quote: Annotated[Text, BeforeValidator(_in_dollars)] = ""
    incomplete: bool = False
    market_cap_usd: OptionalAmount = None
    volume_24h_usd: OptionalAmount = None
    change_24h_percent: OptionalNumber = None
    open_usd: ZeroIsUnknown = None
    high_usd: ZeroIsUnknown = None
    low_usd: ZeroIsUnknown = None

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, raw: dict[str, Any]) -> dict[str, Any]:
        if "fault" in raw:
            raise PydanticCustomError("fault", "{reason}", {"reason": raw["fault"]})
        return raw

    def listing(self) -> Listing:
        evidence = {
            "USD": {},
            "": {"quote": "taken for USD: the file does not say"},
        }.get(self.quote, {"quote": f"{self.quote} counted as USD"})
        return Listing(
            source_asset_id=self.id,
            symbol=self.symbol.upper(),
            name=self.name,
            coin_id=self.coin_id,
            by_symbol=self.by_symbol,
            evidence=evidence,
        )

    def observation(self, position: int) -> Observation | None:
        if self.price_usd is None or self.incomplete:
            return None
        return Observation(
            source_asset_id=self.id,
            observed_at=self.time,
            price_usd=self.price_usd,
            market_cap_usd=self.market_cap_usd,
            volume_24h_usd=self.volume_24h_usd,
            change_24h_percent=self.change_24h_percent,
            open_usd=self.open_usd,
            high_usd=self.high_usd,
            low_usd=self.low_usd,
            position=position,
        )
