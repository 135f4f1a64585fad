"""What one payload says, in our words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kasparro.core.contract import Rejection
from kasparro.core.observation import Listing, Observation
from kasparro.core.source import Cursor


@dataclass(slots=True, kw_only=True)
class Interpretation:
    """Every record is an observation, a rejection, or counted as without a price."""

    records: int
    next_cursor: Cursor | None  # None: the sweep has nothing more to ask
    mark: Cursor = field(default_factory=dict)  # what to remember when it has not
    listings: list[Listing] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    without_price: int = 0
    unknown_fields: Counter[str] = field(default_factory=Counter)

    def speaks_of(self, source_asset_id: str) -> bool:
        """Is there a record about this listing, be it a rejected one?"""
        rejected = (item.raw for item in self.rejections if isinstance(item.raw, Mapping))
        return any(item.source_asset_id == source_asset_id for item in self.listings) or any(
            source_asset_id in raw.values() for raw in rejected
        )
