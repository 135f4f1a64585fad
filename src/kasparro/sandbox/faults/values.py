"""Values that no honest source sends: what parsers, tables and people stumble over."""

from decimal import Decimal
from typing import Any, Literal

import msgspec
from pydantic import Field

from kasparro.sandbox.faults.fault import FieldFault

DIGITS = "1234567890"


class WrongPrice(FieldFault):
    """A price of this instant that is another number: 0, below 0, a thousand times too much."""

    name: Literal["wrong_price"] = "wrong_price"
    price: Decimal = Decimal(0)

    def value(self, old: Any) -> Decimal:
        del old
        return self.price


class NotANumber(FieldFault):
    """A word that JSON does not have: NaN, Infinity or -Infinity."""

    name: Literal["not_a_number"] = "not_a_number"
    word: Literal["NaN", "Infinity", "-Infinity"] = "NaN"

    def value(self, old: Any) -> msgspec.Raw:
        del old
        return msgspec.Raw(self.word.encode())


class EndlessNumber(FieldFault):
    """A number of as many digits as one likes, half of them behind the point."""

    name: Literal["endless_number"] = "endless_number"
    digits: int = Field(40, ge=2, le=100_000)

    def value(self, old: Any) -> msgspec.Raw:
        del old
        digits = (DIGITS * (self.digits // len(DIGITS) + 1))[: self.digits]
        half = self.digits // 2
        return msgspec.Raw(f"{digits[:half]}.{digits[half:]}".encode())


class LongText(FieldFault):
    """A text of as many characters as one likes."""

    name: Literal["long_text"] = "long_text"
    length: int = Field(500, ge=1, le=1_000_000)

    def value(self, old: Any) -> str:
        return ((str(old) or "x") * self.length)[: self.length]


class BrokenUtf8(FieldFault):
    """A text with bytes in it that are no UTF-8."""

    name: Literal["broken_utf8"] = "broken_utf8"

    def value(self, old: Any) -> msgspec.Raw:
        quoted = msgspec.json.encode(str(old))
        return msgspec.Raw(quoted[:-1] + b'\xff\xfe"')
