"""What a source's newest catalogue lists, read out of its stored payload."""

from kasparro.core.errors import MalformedPayloadError
from kasparro.core.observation import Listing
from kasparro.core.source import Options, Source
from kasparro.ingestion.interpret import interpret
from kasparro.store import payloads
from kasparro.store.connect import Connection


def catalogue(connection: Connection, source: Source) -> dict[str, Listing]:
    """Its listings that have a name, by id; empty while no catalogue has come."""
    listings: dict[str, Listing] = {}
    for stream in source.streams:
        if stream.carries_prices:
            continue
        cursor = stream.start(Options())
        payload = payloads.newest(
            connection, source.name, stream.name, stream.request(cursor), cursor
        )
        if payload is None:
            continue
        try:
            named = [item for item in interpret(stream, payload).listings if item.name]
        except MalformedPayloadError:  # kept, and complained about, by the run that fetched it
            continue
        listings |= {listing.source_asset_id: listing for listing in named}
    return listings
