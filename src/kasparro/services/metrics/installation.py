"""The installation as a whole: what it is, what it takes, who works."""

from collections.abc import Iterator

from kasparro.services.metrics.family import Family
from kasparro.store.reading.metrics import Installation


def of_installation(one: Installation) -> Iterator[Family]:
    yield Family(
        "installation_info",
        "Live or sandbox, and the version of the database's schema.",
        ("mode", "schema"),
        {(one.mode, one.schema): 1},
    )
    yield Family("workers_alive", "Workers seen lately.", (), {(): one.workers})
    yield Family("leases_held", "Streams that somebody may write now.", (), {(): one.leases})
    yield Family("database_size_bytes", "Room the database takes.", (), {(): one.database_bytes})
    yield Family(
        "table_size_bytes",
        "Of that, prices and payloads with their indexes.",
        ("table",),
        {("observations",): one.price_bytes, ("raw_crypto_data",): one.payload_bytes},
    )
