"""CoinPaprika: the market of every active coin in one answer, and two catalogues.

API     https://docs.coinpaprika.com/api-reference
Key     none on the free plan; a paid plan's goes bare, without "Bearer", into Authorization
Cursor  tickers {} or {"id": one coin}; coins {}; contracts {}, then {"platforms": [still to ask]}
Limits  10 calls a second for an address; 20,000 a month free, 400,000 on the smallest paid plan
Quirks  Their "ticker" is a coin with its quotes. 0 stands for unknown in market_cap, rank, the
        supplies and, on the free plan, in percent_change_30d; volume 0 and change 0 are facts.
        last_updated is the coin's own and goes back by a minute now and then. The free plan
        lists 2,000 coins and leaves circulating_supply out. A trailing slash answers 301.
"""

from datetime import timedelta
from urllib.parse import quote

from kasparro.core import payload_json, platforms
from kasparro.core.contract import (
    CatalogueRecord,
    Id,
    Instant,
    OptionalAmount,
    OptionalNumber,
    OptionalPrice,
    Record,
    Shape,
    Text,
    ZeroIsUnknown,
    names,
)
from kasparro.core.limits import Limit
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Cursor, Page, Payload, Plan, Recall, Request, Source, Stream, Terms


class Quote(Shape):
    price: OptionalPrice
    market_cap: ZeroIsUnknown = None
    volume_24h: OptionalAmount = None
    percent_change_24h: OptionalNumber = None

    ignored = names(
        "volume_24h_change_24h market_cap_change_24h percent_change_15m "
        "percent_change_30m percent_change_1h percent_change_6h percent_change_12h "
        "percent_change_7d percent_change_30d percent_change_1y ath_price ath_date "
        "percent_from_price_ath"
    )


class Quotes(Shape):
    USD: Quote


class Ticker(Record):
    id: Id
    symbol: Text
    name: Text
    last_updated: Instant
    quotes: Quotes

    ignored = names("rank circulating_supply total_supply max_supply beta_value first_data_at")

    def listing(self) -> Listing:
        return Listing(source_asset_id=self.id, symbol=self.symbol, name=self.name)

    def observation(self, position: int) -> Observation | None:
        usd = self.quotes.USD
        if usd.price is None:
            return None
        return Observation(
            source_asset_id=self.id,
            observed_at=self.last_updated,
            price_usd=usd.price,
            market_cap_usd=usd.market_cap,
            volume_24h_usd=usd.volume_24h,
            change_24h_percent=usd.percent_change_24h,
            position=position,
        )


class Coin(CatalogueRecord):
    id: Id
    symbol: Text
    name: Text
    is_active: bool

    ignored = names("rank is_new type")

    def listing(self) -> Listing:
        return Listing(
            source_asset_id=self.id, symbol=self.symbol, name=self.name, active=self.is_active
        )


class TokenContract(CatalogueRecord):
    """`platform` is of the request: the answer does not repeat it."""

    id: Id
    address: str | None
    platform: str

    ignored = names("type active")  # active: undocumented, and whose is not said

    def listing(self) -> Listing:
        platform = platforms.OF_COINPAPRIKA.get(self.platform)
        contract = platforms.contract(platform, self.address)
        contracts = () if contract is None else (contract,)
        return Listing(source_asset_id=self.id, symbol="", name="", contracts=contracts)


def request_tickers(cursor: Cursor) -> Request:
    path = f"/tickers/{quote(cursor['id'], safe='')}" if "id" in cursor else "/tickers"
    return Request(path=path, params={"quotes": "USD"})


def split_tickers(payload: Payload) -> Page:
    read = payload_json.record if "id" in payload.cursor else payload_json.records
    return Page(records=read(payload), next_cursor=None)


def request_contracts(cursor: Cursor) -> Request:
    return Request(path="/".join(["/contracts", *cursor.get("platforms", [])[:1]]))


def split_contracts(payload: Payload) -> Page:
    """The first answer lists the platforms; we go on with those we have a word for."""
    items = payload_json.records(payload)
    asked = payload.cursor.get("platforms")
    if asked is None:
        known = [name for name in platforms.OF_COINPAPRIKA if name in items]
        return Page(records=(), next_cursor={"platforms": known} if known else None)
    placed = [i | {"platform": asked[0]} if isinstance(i, dict) else i for i in items]
    return Page(records=placed, next_cursor={"platforms": asked[1:]} if asked[1:] else None)


TICKERS = Stream(
    name="tickers",
    record=Ticker,
    start=lambda _: {},
    request=request_tickers,
    split=split_tickers,
    interval=timedelta(hours=1),
    plausible_records=1_500,
    recall=Recall(
        cursor=lambda ids: {"id": ids[0]},
        ids_per_request=1,
        requests_per_sweep=20,  # of 20,000 a month; hourly they would be 14,880
    ),
)
COINS = Stream(
    name="coins",
    record=Coin,
    start=lambda _: {},
    request=lambda _: Request(path="/coins"),
    split=payload_json.whole,
    interval=timedelta(days=1),
    plausible_records=2_000,
    carries_prices=False,
)
CONTRACTS = Stream(
    name="contracts",
    record=TokenContract,
    start=lambda _: {},
    request=request_contracts,
    split=split_contracts,
    interval=timedelta(days=7),
    plausible_records=1_000,
    carries_prices=False,
)

# https://docs.coinpaprika.com/api-plans and /faq, read 2026-11.
SOURCE = Source(
    name="coinpaprika",
    homepage="https://coinpaprika.com",
    terms=Terms(
        licence="CoinPaprika API terms of use; the free plan is for personal use, and only the "
        "Enterprise plan allows passing the data on",
        attribution="Data provided by CoinPaprika (https://coinpaprika.com)",
        url="https://coinpaprika.com/api-terms-of-use/",
        redistribution=False,
    ),
    plans={
        "free": Plan(
            base_url="https://api.coinpaprika.com/v1",
            limits=[Limit(10, "second"), Limit(20_000, "month")],
        ),
        "paid": Plan(
            base_url="https://api-pro.coinpaprika.com/v1",
            limits=[Limit(10, "second"), Limit(400_000, "month")],
            key_header="Authorization",
        ),
    },
    streams=[TICKERS, COINS, CONTRACTS],
    probe=Request(path="/global"),
)
