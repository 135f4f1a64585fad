"""Bad records between good ones, and what became of them."""

import json
from typing import Any

from support.house import House
from support.provider import Reply
from support.records import ticker

GOOD = [ticker(f"g{n}-good-{n}") for n in range(3)]


def among_good(*texts: str) -> Reply:
    """Records, as text, between good ones."""
    first, *others = (json.dumps(record) for record in GOOD)
    return Reply(f"[{', '.join([first, *texts, *others])}]".encode())


def quarantined(home: House) -> list[Any]:
    return home.rows(
        "select q.position, q.source_asset_id, q.field, q.reason, q.record from quarantine q"
        " join raw_crypto_data p on p.id = q.payload_id order by q.payload_id, q.position"
    )
