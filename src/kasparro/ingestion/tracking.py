"""Pins coins, so that they are asked for by id, after making sure that somebody knows them."""

from collections.abc import Iterator, Mapping

from kasparro.core.errors import BadRequestError, NotFoundError
from kasparro.core.nearest import nearest
from kasparro.core.observation import Listing
from kasparro.core.source import Source
from kasparro.ingestion.catalogue import catalogue
from kasparro.store import pins
from kasparro.store.connect import Connection


def track(connection: Connection, sources: Mapping[str, Source], names: list[str]) -> None:
    """Pin every name, a coin's slug or SOURCE:ID, or none of them.

    Raises NotFoundError with what may have been meant, BadRequestError for what cannot be asked.
    """
    with connection.transaction():
        for name in names:
            source, separator, id_ = name.partition(":")
            if separator:
                _pin_id(connection, _askable(sources, source), id_)
            else:
                _pin_coin(connection, sources, name)


def untrack(connection: Connection, names: list[str]) -> None:
    """Take back pins, all or none. Raises NotFoundError for a name that is not pinned."""
    with connection.transaction():
        for name in names:
            source, separator, id_ = name.partition(":")
            if separator:
                pins.unpin_id(connection, source, id_)
            else:
                pins.unpin_coin(connection, name)


def _pin_id(connection: Connection, source: Source, id_: str) -> None:
    if not pins.is_known(connection, source.name, id_):
        listed = catalogue(connection, source)
        if listed and id_ not in listed:
            meant = nearest(id_, _in(source, listed))
            raise NotFoundError(f"{source.name} has no {id_!r} in its catalogue{_perhaps(meant)}")
        if listed and not listed[id_].active:
            raise BadRequestError(f"{source.name} says that {id_!r} is not traded any more")
    pins.pin_id(connection, source.name, id_)


def _pin_coin(connection: Connection, sources: Mapping[str, Source], slug: str) -> None:
    coin = pins.coin(connection, slug)
    if coin is None:
        meant = nearest(slug, pins.names(connection))
        if len(meant) == 0:
            meant = nearest(slug, _catalogued(connection, sources))
        raise NotFoundError(
            f"there is no coin {slug!r} here{_perhaps(meant)}; a coin that no sweep has shown yet"
            " is named by its source: kasparro track SOURCE:ID"
        )
    if not any(_can_recall(sources[source]) for source, _ in coin.ids if source in sources):
        raise BadRequestError(
            f"no source that can be asked is known to have {slug}: name its id, as SOURCE:ID"
        )
    pins.pin_coin(connection, coin.asset_id)


def _askable(sources: Mapping[str, Source], name: str) -> Source:
    askable = sorted(known for known, source in sources.items() if _can_recall(source))
    if name not in askable:
        raise BadRequestError(
            f"{name!r} is no source that can be asked for one coin; there are {', '.join(askable)}"
        )
    return sources[name]


def _can_recall(source: Source) -> bool:
    return any(stream.recall is not None for stream in source.streams)


def _catalogued(
    connection: Connection, sources: Mapping[str, Source]
) -> Iterator[tuple[str, str, str]]:
    for source in sources.values():
        if _can_recall(source):
            yield from _in(source, catalogue(connection, source))


def _in(source: Source, listed: Mapping[str, Listing]) -> Iterator[tuple[str, str, str]]:
    for id_, listing in listed.items():
        if listing.active:
            yield f"{source.name}:{id_}", listing.symbol, listing.name


def _perhaps(meant: list[str]) -> str:
    return f": did you mean {' or '.join(meant)}?" if meant else ""
