"""What a person says on the command line about how files are to be read, now and from now on."""

from collections.abc import Iterable

import typer

from kasparro.core.csv.layout import Choices
from kasparro.core.errors import BadRequestError
from kasparro.ingestion.desk import Desk
from kasparro.ingestion.files import RefusedFile
from kasparro.ingestion.remembered import Remembered
from kasparro.store import file_choices
from kasparro.store.connect import Connection, connect, reaching_the_database

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


def remembered(url: str) -> Remembered:
    """What was said before, of paths and of datasets."""
    with connect(url) as connection, reaching_the_database(url):
        return _remembered(connection)


def remember(connection: Connection, desk: Desk, refused: Iterable[RefusedFile]) -> None:
    """Keep what is said now about each path and its dataset, unless a file cannot be read so."""
    before = _remembered(connection)
    unread = [file.path.resolve() for file in refused]
    for path in (path.resolve() for path in desk.paths):
        if any(file.is_relative_to(path) for file in unread):
            continue
        own = before.paths.get(path, Choices())
        if desk.choices.over(own) != own:
            file_choices.remember_path(connection, path, desk.choices.over(own).said())
        _remember_of_dataset(connection, desk.choices, before)


def recall_aloud(connection: Connection, desk: Desk) -> None:
    """Say what counts because it was said before."""
    before = _remembered(connection)
    for place, said in before.paths.items():
        concerned = any(
            place.is_relative_to(path) or path.is_relative_to(place)
            for path in (path.resolve() for path in desk.paths)
        )
        if concerned:
            _echo(str(place), said, (desk.choices,), "--forget")
    for name, dataset in desk.look()[0].items():
        own = [desk.choices.over(before.of_file(file.path)) for file in dataset.files]
        _echo(f"dataset {name}", before.of_dataset(name), own, f"--dataset {name} --forget")


def forget(connection: Connection, desk: Desk) -> None:
    """Nothing said before about these paths counts any more, nor of the dataset if one is named."""
    for path in desk.paths:
        file_choices.forget_path(connection, path.resolve())
    if desk.choices.dataset is not None:
        file_choices.forget_dataset(connection, desk.choices.dataset)


def _remember_of_dataset(connection: Connection, said: Choices, before: Remembered) -> None:
    """What is said beside --dataset holds for all files of that dataset, but for their coin."""
    known = before.of_dataset(said.dataset)
    layout = said.of_layout().over(known)
    if said.dataset is not None and layout != known:
        file_choices.remember_dataset(connection, said.dataset, layout.said())


def _echo(about: str, before: Choices, now: Iterable[Choices], back: str) -> None:
    """Say those of the choices of before that something now leaves open."""
    spoken = [choices.said() for choices in now]
    still = {
        name: value
        for name, value in before.said().items()
        if any(name not in one for one in spoken)
    }
    if still:
        options = as_options(Choices(**still))
        typer.echo(f"{about}: as you said before, {options}  ({back} takes it back)")


def _remembered(connection: Connection) -> Remembered:
    return Remembered(
        paths={path: Choices(**it) for path, it in file_choices.of_paths(connection).items()},
        datasets={name: Choices(**it) for name, it in file_choices.of_datasets(connection).items()},
    )
