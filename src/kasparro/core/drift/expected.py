"""What a contract says of the fields of a record: which are used, which ignored by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from kasparro.core.contract import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Fields by their paths: `quotes.USD.price`."""

    mapped: Mapping[str, bool]  # those we use; True: a record without it is none
    ignored: frozenset[str] = frozenset()  # and whatever is below them
    keyed: frozenset[str] = frozenset()  # objects whose keys are data: what they hold is `path.*`

    def knows(self, path: str) -> bool:
        """Whether the contract names it, or something it is a part of."""
        return path in self.mapped or any(
            one in self.ignored or one in self.keyed for one in upwards(path)
        )

    def needs(self, path: str) -> bool:
        return self.mapped.get(path, False)


def upwards(path: str) -> Iterator[str]:
    """The path and everything it is a part of, itself first."""
    yield path
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


@cache
def expected_of(shape: type[Shape]) -> Expected:
    """The same of a declared record shape."""
    mapped: dict[str, bool] = {}
    ignored: set[str] = set()
    keyed: set[str] = set()
    _gather(shape, "", mapped, ignored, keyed)
    return Expected(mapped=mapped, ignored=frozenset(ignored), keyed=frozenset(keyed))


def _gather(
    shape: type[Shape], prefix: str, mapped: dict[str, bool], ignored: set[str], keyed: set[str]
) -> None:
    ignored.update(prefix + name for name in shape.ignored)
    for name, declared in shape.model_fields.items():
        path = prefix + name
        mapped[path] = declared.is_required()
        for one in _alternatives(declared.annotation):
            if isinstance(one, type) and issubclass(one, Shape):
                _gather(one, f"{path}.", mapped, ignored, keyed)
            elif get_origin(one) is dict:
                keyed.add(path)


def _alternatives(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _alternatives(one)
    else:
        yield annotation
