"""CoinGecko: the market of the largest coins, 250 a page, and the catalogue of all coins.

API     https://docs.coingecko.com/reference/coins-markets and coins-list
Key     none, or a free demo key in x-cg-demo-api-key, or a pro key in x-cg-pro-api-key on its host
Cursor  markets {"page": n, "of": m} or {"ids": [coins]}; coins {}
Limits  keyless as many as the address is allowed, 5 to 15 a minute; demo 100 a minute and 10,000
        a month; the smallest pro plan 250 a minute and 100,000 a month
Quirks  Pages are cut by rank without a snapshot: a coin may come twice or not at all. Any number
        may be null, and the same one is an integer here and 9.88e-06 there. A market cap of 0
        without a rank is unknown. Without precision=full prices are rounded to 3 to 6 digits;
        without include_rehypothecated wrapped coins are left out. A migrated coin keeps its id
        and loses its price, sometimes its time too.
"""

from datetime import timedelta
from math import ceil

from pydantic import ValidationInfo, field_validator

from kasparro.core import payload_json, platforms
from kasparro.core.contract import (
    CatalogueRecord,
    Id,
    Instant,
    OptionalAmount,
    OptionalNumber,
    OptionalPrice,
    Record,
    Text,
    names,
)
from kasparro.core.limits import Limit
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Cursor, Page, Payload, Plan, Recall, Request, Source, Stream, Terms

PAGE_SIZE = 250  # the API's maximum


class Market(Record):
    id: Id
    symbol: Text
    name: Text
    current_price: OptionalPrice
    market_cap: OptionalAmount = None
    market_cap_rank: OptionalNumber = None
    total_volume: OptionalAmount = None
    price_change_percentage_24h: OptionalNumber = None
    last_updated: Instant | None

    ignored = names(
        "image market_cap_rank_with_rehypothecated fully_diluted_valuation high_24h low_24h "
        "price_change_24h market_cap_change_24h market_cap_change_percentage_24h "
        "circulating_supply total_supply max_supply ath ath_change_percentage ath_date "
        "atl atl_change_percentage atl_date roi sparkline_in_7d "
        "price_change_percentage_1h_in_currency price_change_percentage_24h_in_currency "
        "price_change_percentage_7d_in_currency price_change_percentage_14d_in_currency "
        "price_change_percentage_30d_in_currency price_change_percentage_200d_in_currency "
        "price_change_percentage_1y_in_currency"
    )

    @field_validator("last_updated")
    @classmethod
    def _a_price_has_a_time(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("current_price") is not None:
            raise ValueError("a price without its time")
        return value

    def listing(self) -> Listing:
        return Listing(source_asset_id=self.id, symbol=self.symbol, name=self.name)

    def observation(self, position: int) -> Observation | None:
        if self.current_price is None or self.last_updated is None:
            return None
        unknown_cap = self.market_cap == 0 and self.market_cap_rank is None
        return Observation(
            source_asset_id=self.id,
            observed_at=self.last_updated,
            price_usd=self.current_price,
            market_cap_usd=None if unknown_cap else self.market_cap,
            volume_24h_usd=self.total_volume,
            change_24h_percent=self.price_change_percentage_24h,
            position=position,
        )


class Coin(CatalogueRecord):
    id: Id
    symbol: Text
    name: Text
    platforms: dict[str, str | None] | None = None

    def listing(self) -> Listing:
        found = (
            platforms.contract(platforms.OF_COINGECKO.get(name), address)
            for name, address in (self.platforms or {}).items()
        )
        return Listing(
            source_asset_id=self.id,
            symbol=self.symbol,
            name=self.name,
            contracts=tuple(contract for contract in found if contract is not None),
        )


def request_markets(cursor: Cursor) -> Request:
    asked = (
        {"ids": ",".join(cursor["ids"]), "page": "1"}
        if "ids" in cursor
        else {"order": "market_cap_desc", "page": str(cursor["page"])}
    )
    return Request(
        path="/coins/markets",
        params={
            "vs_currency": "usd",
            "per_page": str(PAGE_SIZE),
            "precision": "full",
            "include_rehypothecated": "true",
            **asked,
        },
    )


def split_markets(payload: Payload) -> Page:
    records, page = payload_json.records(payload), payload.cursor.get("page", 0)
    pages = payload.cursor.get("of", 0)
    more = len(records) >= PAGE_SIZE and page < pages
    return Page(records=records, next_cursor={"page": page + 1, "of": pages} if more else None)


MARKETS = Stream(
    name="markets",
    record=Market,
    start=lambda options: {"page": 1, "of": ceil(options.top / PAGE_SIZE)},
    request=request_markets,
    split=split_markets,
    interval=timedelta(hours=1),
    plausible_records=200,  # one page is the least a sweep asks for
    recall=Recall(
        cursor=lambda ids: {"ids": list(ids)},
        ids_per_request=100,  # of at most 70 characters: their URLs end below 8 KB
        requests_per_sweep=4,
    ),
)
COINS = Stream(
    name="coins",
    record=Coin,
    start=lambda _: {},
    request=lambda _: Request(path="/coins/list", params={"include_platform": "true"}),
    split=payload_json.whole,
    interval=timedelta(days=1),
    plausible_records=2_000,
    carries_prices=False,
)

# https://docs.coingecko.com/docs/errors-and-rate-limits and /authentication, read 2026-11. The
# documented 100 calls a minute of the demo plan were 30 a year before: we stay at 30.
SOURCE = Source(
    name="coingecko",
    homepage="https://www.coingecko.com",
    terms=Terms(
        licence="CoinGecko API terms of service; without a paid plan for personal use only",
        attribution="Data provided by CoinGecko (https://www.coingecko.com)",
        url="https://www.coingecko.com/en/api_terms",
        redistribution=False,
    ),
    plans={
        "keyless": Plan(
            base_url="https://api.coingecko.com/api/v3",
            limits=[Limit(10, "minute"), Limit(10_000, "month")],
            spacing=timedelta(seconds=15),
        ),
        "demo": Plan(
            base_url="https://api.coingecko.com/api/v3",
            limits=[Limit(30, "minute"), Limit(10_000, "month")],
            key_header="x-cg-demo-api-key",
        ),
        "pro": Plan(
            base_url="https://pro-api.coingecko.com/api/v3",
            limits=[Limit(250, "minute"), Limit(100_000, "month")],
            key_header="x-cg-pro-api-key",
        ),
    },
    streams=[MARKETS, COINS],
    probe=Request(path="/ping"),
)
