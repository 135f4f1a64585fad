"""CSV files: our own layout, exports of well-known sites, and layouts a user describes.

API     files of the machine the worker runs on; `kasparro.core.csv_shapes` has their shapes
Key     none
Cursor  {"queue": [files still to read], "files": {file: how far it was read, and its hash}}
Limits  none
Quirks  A dataset is a stream. A payload is a chunk of a file that ends where a record ends; the
        request carries all that its records need to be read again. A candle that is not over when
        its file is read is no observation, and the checkpoint stays before its chunk.
"""

from datetime import UTC, datetime, timedelta
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
from kasparro.core.csv_coins import DOLLARS
from kasparro.core.csv_marks import advance
from kasparro.core.csv_records import RecordReader
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Cursor, Page, Payload, Request, Source, Stream, Terms


def _instant(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        reason = f"no time can be read in {text!r}" if text else "no time; --default-time sets one"
        raise PydanticCustomError("time", "{reason}", {"reason": reason}) from None


def _in_dollars(quote: object) -> object:
    if quote and quote not in DOLLARS:
        reason = f"priced in {quote}; only USD, USDT and USDC count as dollars"
        raise PydanticCustomError("quote", "{reason}", {"reason": reason})
    return quote


class Row(Record):
    id: Id
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


def request(cursor: Cursor) -> Request:
    key = cursor["queue"][0]
    return Request(path=key, params={"offset": cursor["files"].get(key, {}).get("offset", 0)})


def split(payload: Payload) -> Page:
    params = payload.request.params
    above = max(0, params["preamble"] - params["offset"])
    text = payload.body[above:].decode("utf-8", "replace")
    records = RecordReader(params, payload.fetched_at).read(text)
    ahead = advance(payload, provisional=any("incomplete" in record for record in records))
    return Page(records=records, next_cursor=ahead if ahead["queue"] else None, mark=ahead)


def dataset(name: str) -> Stream:
    return Stream(
        name=name,
        record=Row,
        start=lambda _: {"queue": [], "files": {}},
        request=request,
        split=split,
        interval=timedelta(hours=1),
    )


SOURCE = Source(
    name="csv",
    homepage="",
    terms=Terms(
        licence="Whatever the files' owner has been granted for them",
        attribution="CSV files of this installation",
        url="",
        redistribution=False,
    ),
    plans={},
    streams=[],
    dataset=dataset,
)
