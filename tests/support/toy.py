"""A source made up for the test: it pages by whatever cursor its answers name."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from kasparro.core import payload_json
from kasparro.core.contract import Id, Instant, Price, Record
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Page, Payload, Plan, Request, Source, Stream, Terms

SEEN = "2026-05-18T11:00:00Z"


class Quote(Record):
    id: Id
    price: Price
    at: Instant

    def listing(self) -> Listing:
        return Listing(source_asset_id=self.id, symbol=self.id, name=self.id)

    def observation(self, position: int) -> Observation:
        return Observation(
            source_asset_id=self.id, observed_at=self.at, price_usd=self.price, position=position
        )


def split(payload: Payload) -> Page:
    """An answer is {"quotes": [...], "next": page or null}."""
    document = payload_json.decode(payload.body)
    following = document["next"]
    return Page(
        records=document["quotes"],
        next_cursor=None if following is None else {"page": following},
    )


def toy(
    split: Callable[[Payload], Page] = split, *, streams: Sequence[str] = ("prices",)
) -> Source:
    """The source, with a reader of its answers that may have a bug."""
    return Source(
        name="toy",
        homepage="https://toy.example",
        terms=Terms(licence="", attribution="", url="https://toy.example", redistribution=True),
        plans={"free": Plan(base_url="https://toy.example", limits=[])},
        streams=[
            Stream(
                name=name,
                record=Quote,
                start=lambda _: {"page": 1},
                request=lambda cursor, name=name: Request(
                    path=f"/{name}", params={"page": cursor["page"]}
                ),
                split=split,
                interval=timedelta(hours=1),
            )
            for name in streams
        ],
    )


def quotes(*prices: Any, at: str = SEEN) -> list[dict[str, Any]]:
    return [{"id": f"toy-{n}", "price": price, "at": at} for n, price in enumerate(prices, 1)]
