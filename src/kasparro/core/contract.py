"""Declared record shapes: strict about the fields we use, loud about fields we never saw."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from kasparro.core.observation import Listing, Observation

MAX_DIGITS = 60
LARGEST = Decimal("1e30")
SMALLEST = Decimal("1e-40")


def _storable(value: Decimal) -> Decimal:
    if len(value.as_tuple().digits) > MAX_DIGITS:
        raise ValueError(f"more than {MAX_DIGITS} digits")
    if value != 0 and not SMALLEST <= value.copy_abs() < LARGEST:  # abs() overflows
        raise ValueError(f"outside {SMALLEST} <= |x| < {LARGEST}")
    return value or Decimal(0)  # 0e-20000 is a zero that PostgreSQL has no room for


def _blank_is_none(value: object) -> object:
    return None if value in ("", {}) else value


def _zero_is_none(value: Decimal | None) -> Decimal | None:
    return None if value == 0 else value


def _calendar_text(value: object) -> object:
    # A bare number is a retyped field: whether seconds or milliseconds would be a guess.
    if isinstance(value, str) and value[4:5] != "-":
        raise ValueError("a time must be written as a date")
    if value is not None and not isinstance(value, str):
        raise ValueError(f"a time must be text, this is {type(value).__name__}")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def _clean(text: str) -> str:
    if "\0" in text or "\ufffd" in text:
        raise ValueError("holds bytes that are not text")
    return text.strip()


Number: TypeAlias = Annotated[Decimal, Field(allow_inf_nan=False), AfterValidator(_storable)]
"""Any finite amount PostgreSQL can keep and serve: 0, or 1e-40 <= |x| < 1e30."""

Price: TypeAlias = Annotated[Number, Field(gt=0)]
NOT_POSITIVE = "Input should be greater than 0"  # what Pydantic says of such a price
Amount: TypeAlias = Annotated[Number, Field(ge=0)]

OptionalNumber: TypeAlias = Annotated[Number | None, BeforeValidator(_blank_is_none)]
"""A number, or nothing: null, or the "" and {} some sources send for null."""
OptionalPrice: TypeAlias = Annotated[Price | None, BeforeValidator(_blank_is_none)]
OptionalAmount: TypeAlias = Annotated[Amount | None, BeforeValidator(_blank_is_none)]
ZeroIsUnknown: TypeAlias = Annotated[OptionalAmount, AfterValidator(_zero_is_none)]
"""An amount of a source that writes 0 where it does not know."""

Text: TypeAlias = Annotated[str, AfterValidator(_clean), Field(max_length=200)]
Id: TypeAlias = Annotated[Text, Field(min_length=1)]

Instant: TypeAlias = Annotated[
    AwareDatetime, BeforeValidator(_calendar_text), AfterValidator(_in_utc)
]
"""A time written as text with its zone, such as RFC 3339; the same instant in UTC."""


def names(text: str) -> frozenset[str]:
    """The field names in a text that lists them."""
    return frozenset(text.split())


class Shape(BaseModel):
    """A JSON object: the fields we use, declared; those we leave alone, `ignored`."""

    model_config = ConfigDict(extra="allow", frozen=True)
    ignored: ClassVar[frozenset[str]] = frozenset()

    def unknown_fields(self) -> Iterator[str]:
        """Yield the dotted name of every field neither declared nor ignored."""
        yield from (self.model_extra or {}).keys() - self.ignored
        for name, value in self.__dict__.items():
            if isinstance(value, Shape):
                yield from (f"{name}.{inner}" for inner in value.unknown_fields())


class Record(Shape):
    """One item of a payload, in the source's own words."""

    def listing(self) -> Listing:
        """Say which listing this is about. Cannot fail: the shape was checked."""
        raise NotImplementedError

    def observation(self, position: int) -> Observation | None:
        """Say the same in our words; None when the record carries no price."""
        raise NotImplementedError


class CatalogueRecord(Record):
    """A record that says what is listed and never what it is worth."""

    def observation(self, position: int) -> None:
        del position


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A raw item that broke its contract: which field, and how."""

    position: int
    raw: Any
    field: str
    reason: str


class Checked(msgspec.Struct, frozen=True, gc=False):
    """A record that is known to keep its contract, and what it says."""

    listing: Listing
    observation: Observation
    unknown_fields: tuple[str, ...]


def check(shape: type[Record], raw: Mapping[str, Any], position: int) -> Record | Rejection:
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        return Rejection(position=position, raw=raw, field=field, reason=first["msg"])
