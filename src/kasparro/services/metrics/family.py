"""One metric and its values; a file beside this one makes those of one sort of thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

Number: TypeAlias = int | Decimal | float
Labels: TypeAlias = tuple[str, ...]
Values: TypeAlias = Mapping[Labels, Number | None]

SOURCE: Labels = ("source",)
STREAM: Labels = ("source", "stream")


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name after `kasparro_etl_`, and its values by label. None: not known."""

    name: str
    says: str
    labels: Labels
    values: Values
    kind: Literal["gauge", "counter"] = "gauge"
