"""Faults of a whole document: another structure, other records, another order."""

from random import Random
from typing import Any, Literal

from pydantic import Field

from kasparro.sandbox.faults.fault import Document, DocumentFault, FieldName, Share
from kasparro.sandbox.faults.places import Item, replaced


class ListFault(DocumentFault):
    """Changes a list of records; any other document stays as it is."""

    def change(self, document: Document, draws: Random) -> Document:
        records = isinstance(document, list) and all(isinstance(one, dict) for one in document)
        return self.records(document, draws) if records else document

    def records(self, records: list[Item], draws: Random) -> Document:
        raise NotImplementedError


class ListAsMap(ListFault):
    """Records in an object, each under its id, where a list was."""

    name: Literal["list_as_map"] = "list_as_map"
    key: FieldName = "id"

    def records(self, records: list[Item], draws: Random) -> Document:
        del draws
        return {
            str(one[self.key]): {name: value for name, value in one.items() if name != self.key}
            for one in records
        }


class ListInEnvelope(ListFault):
    """The list inside an object, beside the number of its records."""

    name: Literal["list_in_envelope"] = "list_in_envelope"
    key: FieldName = "data"

    def records(self, records: list[Item], draws: Random) -> Document:
        del draws
        return {self.key: records, "count": len(records)}


class EmptyList(ListFault):
    """No records at all."""

    name: Literal["empty_list"] = "empty_list"

    def records(self, records: list[Item], draws: Random) -> Document:
        del records, draws
        return []


class HugeList(ListFault):
    """Many times the records that were asked for, invented ones after the known ones."""

    name: Literal["huge_list"] = "huge_list"
    times: int = Field(40, ge=2, le=1_000)

    def records(self, records: list[Item], draws: Random) -> Document:
        del draws
        return [_invented(one, n) for n in range(self.times) for one in records]


class DuplicatedRecords(ListFault):
    """A share of the records twice in one answer, the second one right behind the first."""

    name: Literal["duplicated_records"] = "duplicated_records"
    share: Share = 0.1

    def records(self, records: list[Item], draws: Random) -> Document:
        return [one for record in records for one in [record] * (1 + (draws.random() < self.share))]


class ShuffledRecords(ListFault):
    """All records, in no order."""

    name: Literal["shuffled_records"] = "shuffled_records"

    def records(self, records: list[Item], draws: Random) -> Document:
        return draws.sample(records, len(records))


class VanishingRecords(ListFault):
    """A share of the records left out: coins that slipped between two pages."""

    name: Literal["vanishing_records"] = "vanishing_records"
    share: Share = 0.1

    def records(self, records: list[Item], draws: Random) -> Document:
        return [one for one in records if draws.random() >= self.share]


class AppearingRecords(ListFault):
    """Coins that nobody ever listed, in front of the others."""

    name: Literal["appearing_records"] = "appearing_records"
    count: int = Field(5, ge=1, le=1_000)

    def records(self, records: list[Item], draws: Random) -> Document:
        del draws
        return [*(_invented(one, 1) for one in records[: self.count]), *records]


class SwappedIds(ListFault):
    """Neighbours under each other's id: every coin of a pair gets the other one's numbers."""

    name: Literal["swapped_ids"] = "swapped_ids"
    field: FieldName = "id"
    pairs: int = Field(1, ge=1)

    def records(self, records: list[Item], draws: Random) -> Document:
        del draws
        changed = list(records)
        for first in range(0, min(2 * self.pairs, len(records) - 1), 2):
            one, other = records[first : first + 2]
            changed[first] = _under(one, self.field, other[self.field])
            changed[first + 1] = _under(other, self.field, one[self.field])
        return changed


def _invented(record: Item, number: int) -> Item:
    """The coin itself for number 0, else one that only looks like it."""
    if number == 0:
        return record
    added = {"id": f"{record['id']}-invented-{number}", "name": f"{record['name']} {number}"}
    return record | added


def _under(record: Item, field: str, id_: Any) -> Item:
    return replaced(record, field, lambda _: id_)
