"""Records that were set aside and can be read now take their place, as if they always could."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kasparro.core.errors import BusyError
from kasparro.core.source import Page, Payload, Source
from kasparro.ingestion.replay import replay
from kasparro.ingestion.retry import Retried, retry
from kasparro.store import leases
from support.house import House, toy_house
from support.provider import as_json
from support.toy import quotes, split, toy

LATER = "2026-05-18T11:30:00Z"


def mended(payload: Payload) -> Page:
    """A reader that knows that this source writes `n/a` for 7."""
    page = split(payload)
    records = [
        record | ({"price": 7} if record["price"] == "n/a" else {}) for record in page.records
    ]
    return Page(records=records, next_cursor=page.next_cursor)


def said(home: House, *records: dict[str, Any]) -> None:
    home.providers["toy"].script(as_json({"quotes": list(records), "next": None}))
    home.sweep("toy", "prices")
    home.clock.tick(hours=1)


def retried(home: House, source: Source) -> Retried:
    return retry(
        home.url,
        {"toy": source},
        source=None,
        holder="test",
        lease_duration=timedelta(seconds=30),
        clock=home.clock,
    )


def waiting(home: House) -> int:
    return int(home.value("select count(*) from quarantine where resolved_at is null"))


def assert_replay_agrees(home: House) -> None:
    done = replay(
        home.url,
        {"toy": toy(mended)},
        holder="test",
        lease_duration=timedelta(seconds=30),
        verify=True,
    )
    assert done.differences == {}


def test_a_record_that_can_be_read_now_is_stored_with_its_first_pedigree_and_resolved(
    database_url: str,
) -> None:
    with toy_house(database_url, toy()) as home:
        said(home, *quotes(1, "n/a", 3))
        assert waiting(home) == 1
        assert retried(home, toy(mended)) == Retried(resolved=1, still_refused=0)
        assert waiting(home) == 0
        row = home.rows("select price_usd, id from crypto_prices where coin_id = 'toy-2'")
        assert row == [(Decimal(7), (1 << 20) + 1)]
        assert home.value("select sum(observations) from daily_counts") == 3
        assert_replay_agrees(home)


def test_what_still_breaks_its_contract_stays_with_its_reason(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        said(home, *quotes("n/a", "abc"))
        assert retried(home, toy(mended)) == Retried(resolved=1, still_refused=1)
        assert home.rows("select position, field from quarantine where resolved_at is null") == [
            (1, "price")
        ]
        assert retried(home, toy(mended)) == Retried(resolved=0, still_refused=1)


def test_an_old_record_never_wins_over_what_was_said_since(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        said(home, *quotes("n/a"))
        said(home, *quotes(9))
        said(home, *quotes(11, at=LATER))
        retried(home, toy(mended))
        assert home.rows("select price_usd::numeric from observations order by observed_at") == [
            (Decimal(9),),
            (Decimal(11),),
        ]
        assert home.rows("select price_usd::numeric from observation_revisions") == [(Decimal(7),)]
        assert home.value("select price_usd from latest") == Decimal(11)
        assert_replay_agrees(home)


def test_an_old_record_that_says_the_same_keeps_the_older_pedigree(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        said(home, *quotes("n/a"))
        said(home, *quotes(7))
        retried(home, toy(mended))
        assert home.rows("select id >> 20, price_usd::numeric from observations") == [
            (1, Decimal(7))
        ]
        assert_replay_agrees(home)


def test_retrying_twice_changes_nothing(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        said(home, *quotes("n/a", 2))
        retried(home, toy(mended))
        before = home.digest()
        assert retried(home, toy(mended)) == Retried(resolved=0, still_refused=0)
        assert home.digest() == before


def test_a_stream_that_is_being_ingested_is_not_retried(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        said(home, *quotes("n/a"))
        stream_id = home.value("select stream_id from quarantine")
        leases.acquire(
            home.connection,
            stream_id,
            run_id="toy_99",
            holder="somebody",
            duration=timedelta(seconds=30),
        )
        with pytest.raises(BusyError, match="toy prices is being ingested"):
            retried(home, toy(mended))
