"""Every way a source changes the shape of its records: the classes of schema drift, by name."""

from decimal import Context, Decimal
from typing import Any, Literal

from kasparro.sandbox.faults.fault import FieldFault, FieldName, RecordFault
from kasparro.sandbox.faults.places import Item, edited
from kasparro.sandbox.instants import SECOND_MS, moment, read, to_milliseconds

EXACTLY = Context(prec=400)


class AddedField(RecordFault):
    """A field that was never there."""

    name: Literal["added_field"] = "added_field"
    field: FieldName
    value: Any = 1

    def record(self, record: Item) -> Item:
        return edited(record, self.field, lambda within, name: within | {name: self.value})


class RemovedField(RecordFault):
    """A field that is gone."""

    name: Literal["removed_field"] = "removed_field"
    field: FieldName

    def record(self, record: Item) -> Item:
        return edited(
            record,
            self.field,
            lambda within, name: {key: value for key, value in within.items() if key != name},
        )


class RenamedField(RecordFault):
    """A field under another name, at the same place."""

    name: Literal["renamed_field"] = "renamed_field"
    field: FieldName
    to: FieldName

    def record(self, record: Item) -> Item:
        return edited(
            record,
            self.field,
            lambda within, name: {
                (self.to if key == name else key): value for key, value in within.items()
            },
        )


class NullField(FieldFault):
    """A field that says null."""

    name: Literal["null_field"] = "null_field"

    def value(self, old: Any) -> None:
        del old


class NumberAsText(FieldFault):
    """A number between quotation marks, with every digit: the type got wider."""

    name: Literal["number_as_text"] = "number_as_text"

    def value(self, old: Any) -> Any:
        return str(old) if _is_number(old) else old


class TextForNumber(FieldFault):
    """A text that is no number, where a number was: the type got another one."""

    name: Literal["text_for_number"] = "text_for_number"
    text: str = "n/a"

    def value(self, old: Any) -> str:
        del old
        return self.text


class RoundedNumber(FieldFault):
    """A number without its fraction: the type got narrower."""

    name: Literal["rounded_number"] = "rounded_number"

    def value(self, old: Any) -> Any:
        return int(old) if _is_number(old) else old


class ScaledNumber(FieldFault):
    """A number in another unit: cents for dollars, a fraction for a percentage, satoshi."""

    name: Literal["scaled_number"] = "scaled_number"
    factor: Decimal

    def value(self, old: Any) -> Any:
        return EXACTLY.multiply(Decimal(old), self.factor) if _is_number(old) else old


class ObjectForScalar(FieldFault):
    """An object that holds the value, where the value was."""

    name: Literal["object_for_scalar"] = "object_for_scalar"
    key: FieldName = "usd"

    def value(self, old: Any) -> Any:
        return {self.key: old}


class ScalarForObject(FieldFault):
    """The first value of an object, where the object was."""

    name: Literal["scalar_for_object"] = "scalar_for_object"

    def value(self, old: Any) -> Any:
        return next(iter(old.values()), None) if isinstance(old, dict) else old


class NewWord(FieldFault):
    """A value outside the few that a field ever had."""

    name: Literal["new_word"] = "new_word"
    word: str = "unheard_of"

    def value(self, old: Any) -> str:
        del old
        return self.word


class TimeAsEpoch(FieldFault):
    """A time as a number of seconds or milliseconds since 1970."""

    name: Literal["time_as_epoch"] = "time_as_epoch"
    unit: Literal["s", "ms"] = "s"

    def value(self, old: Any) -> Any:
        at_ms = _instant_ms(old)
        if at_ms is None:
            return old
        return at_ms if self.unit == "ms" else at_ms // SECOND_MS


class TimeRewritten(FieldFault):
    """A time written in another way; unless told how, day first and without a zone."""

    name: Literal["time_rewritten"] = "time_rewritten"
    format: str = "%d/%m/%Y %H:%M:%S"

    def value(self, old: Any) -> Any:
        at_ms = _instant_ms(old)
        return old if at_ms is None else f"{moment(at_ms):{self.format}}"


class TimeGoingBack(FieldFault):
    """A time some seconds earlier than it is."""

    name: Literal["time_going_back"] = "time_going_back"
    field: FieldName = "last_updated"
    seconds: int = 3_600

    def value(self, old: Any) -> Any:
        at_ms = _instant_ms(old)
        return old if at_ms is None else to_milliseconds(at_ms - self.seconds * SECOND_MS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _instant_ms(value: Any) -> int | None:
    """None: this is no time."""
    try:
        return read(value) if isinstance(value, str) else None
    except ValueError:
        return None
