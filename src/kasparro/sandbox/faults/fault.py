"""What a fault is: a name, its parameters, and a pure change of what would have been sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from kasparro.sandbox.faults.places import Item, replaced
from kasparro.sandbox.wire import Answer

Document: TypeAlias = Any
"""A decoded JSON body; numbers with a fraction are Decimal, so that every digit survives."""

Share: TypeAlias = Annotated[float, Field(gt=0, le=1)]
FieldName: TypeAlias = Annotated[str, Field(min_length=1)]
"""A field of a record; a dot leads into an object, as in quotes.USD.price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a fault is met: who is asked, and when."""

    source: str
    now: datetime


class Fault(BaseModel):
    """One way a source goes wrong. Its fields are the parameters a script may give."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str


class RequestFault(Fault):
    """Answers another question than the one that was asked."""

    def asked(self, params: Mapping[str, str]) -> dict[str, str]:
        """The parameters that are answered instead of these."""
        raise NotImplementedError


class DocumentFault(Fault):
    """Changes what an answer of status 200 says; the same draws, the same change."""

    def change(self, document: Document, draws: Random) -> Document:
        raise NotImplementedError


class RecordFault(DocumentFault):
    """Changes records one by one: all of them, or a share drawn at random."""

    share: Share = 1.0

    def change(self, document: Document, draws: Random) -> Document:
        if isinstance(document, dict):
            return self.record(document)
        if not isinstance(document, list):
            return document
        return [
            self.record(one) if isinstance(one, dict) and self._met(draws) else one
            for one in document
        ]

    def record(self, record: Item) -> Item:
        """The changed record; the given one stays as it is."""
        raise NotImplementedError

    def _met(self, draws: Random) -> bool:
        return draws.random() < self.share


class FieldFault(RecordFault):
    """Changes the value of one field, where it is."""

    field: FieldName

    def record(self, record: Item) -> Item:
        return replaced(record, self.field, self.value)

    def value(self, old: Any) -> Any:
        """What the field says instead."""
        raise NotImplementedError


class AnswerFault(Fault):
    """Changes an answer as a whole, or sends another one in its place."""

    def instead(self, answer: Answer, scene: Scene) -> Answer:
        raise NotImplementedError


def apply(fault: DocumentFault, document: Document, draws: Random) -> Document:
    """The document as this fault sends it; nothing of the given one is changed in place."""
    return fault.change(document, draws)
