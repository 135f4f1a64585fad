"""What a person says on the command line about how files are to be read, now and from now on."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from kasparro.core.csv.layout import Choices
from kasparro.core.errors import BadRequestError
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.files import RefusedFile
from kasparro.store import file_choices
from kasparro.store.connect import Connection, connect

ORDERS = {"dmy": True, "mdy": False}


def columns(text: str | None) -> dict[str, str]:
    """The columns named in --map. Raises BadRequestError."""
    if text is None:
        return {}
    pairs = [pair.split("=", 1) for pair in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004
        raise BadRequestError(f"--map {text!r} must look like price=Last,time=When")
    return {field.strip(): column.strip() for field, column in pairs}


def day_first(order: str | None) -> bool | None:
    """What --date-order says. Raises BadRequestError."""
    if order is not None and order not in ORDERS:
        raise BadRequestError(f"--date-order {order!r} must be dmy or mdy")
    return ORDERS[order] if order is not None else None


def as_options(choices: Choices) -> str:
    """The same as it would be typed."""
    said = choices.said()
    if "map" in said:
        said["map"] = ",".join(f"{field}={column}" for field, column in said["map"].items())
    if "day_first" in said:
        said["date_order"] = "dmy" if said.pop("day_first") else "mdy"
    return " ".join(f"--{name.replace('_', '-')} {value}" for name, value in said.items())


def remembered(url: str) -> Mapping[Path, Choices]:
    """What was said before, by absolute path."""
    with connect(url) as connection:
        return _remembered(connection)


def remember(connection: Connection, desk: Desk, refused: Iterable[RefusedFile]) -> None:
    """Keep what is said now about each path, unless a file of it cannot be read so."""
    known = _remembered(connection)
    unread = [file.path.resolve() for file in refused]
    for path in (path.resolve() for path in desk.paths):
        own = known.get(path, Choices())
        if desk.choices.over(own) == own or any(file.is_relative_to(path) for file in unread):
            continue
        file_choices.remember(connection, path, desk.choices.over(own).said())


def recall_aloud(connection: Connection, desk: Desk) -> None:
    """Say what counts because it was said before."""
    spoken = desk.choices.said()
    for place, before in _remembered(connection).items():
        concerned = any(
            place.is_relative_to(path) or path.is_relative_to(place)
            for path in (path.resolve() for path in desk.paths)
        )
        still = {name: value for name, value in before.said().items() if name not in spoken}
        if concerned and still:
            options = as_options(Choices(**still))
            typer.echo(f"{place}: as you said before, {options}  (--forget takes it back)")


def forget(connection: Connection, paths: Iterable[Path]) -> None:
    """Nothing said before about these paths counts any more."""
    for path in paths:
        file_choices.forget(connection, path.resolve())


def _remembered(connection: Connection) -> dict[Path, Choices]:
    said: dict[Path, Mapping[str, Any]] = file_choices.remembered(connection)
    return {path: Choices(**choices) for path, choices in said.items()}
