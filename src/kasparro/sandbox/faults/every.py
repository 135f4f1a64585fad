"""All faults, by name, and what a script may say to choose one."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from kasparro.sandbox.faults import (
    bodies,
    connection,
    drift,
    pages,
    refusals,
    slow_down,
    structure,
    values,
)
from kasparro.sandbox.faults.fault import Fault

ROOMS = (connection, bodies, slow_down, refusals, pages, structure, drift, values)


def _faults() -> Iterator[type[Fault]]:
    """The classes of these rooms that have a name; the others are what they have in common."""
    for room in ROOMS:
        for one in vars(room).values():
            here = isinstance(one, type) and one.__module__ == room.__name__
            if here and issubclass(one, Fault) and "name" in one.__annotations__:
                yield one


FAULTS = tuple(_faults())
BY_NAME = {str(fault.model_fields["name"].default): fault for fault in FAULTS}


def _by_name_alone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


if TYPE_CHECKING:
    AnyFault: TypeAlias = Fault
else:  # built from the classes, so that a new fault is one by being there
    AnyFault = Annotated[
        reduce(or_, FAULTS), Field(discriminator="name"), BeforeValidator(_by_name_alone)
    ]
"""A fault by its name alone, or a table with its name and its parameters."""
