"""Older payloads are packed and closed months rewritten, and nothing that can be asked changes."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kasparro.core.errors import BusyError
from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from kasparro.ingestion.replay import replay
from kasparro.ingestion.upkeep import Upkeep
from kasparro.store import claims, payloads, purge
from kasparro.store.compaction import FOLLOWERS, compact_payloads
from kasparro.store.connect import connect
from kasparro.store.rewriting import Closed, out_of_order, rewrite
from support.house import House, house
from support.provider import as_json
from support.records import coin, coins

LEASE = timedelta(seconds=30)
SMALL = {"coingecko": Choice(options=Options(top=250))}


@pytest.fixture
def home(database_url: str) -> Iterator[House]:
    with house(database_url, choices=SMALL) as own:
        yield own


def sweep(home: House, price: int) -> None:
    seen = f"{home.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    page = [coin(current_price=price, last_updated=seen), *coins(1, 249, last_updated=seen)]
    home.providers["coingecko"].script(as_json(page))
    assert home.sweep("coingecko").status == "success"


def sweeps(home: House, number: int) -> None:
    for hour in range(number):
        sweep(home, 100 + hour)
        home.clock.tick(hours=1)


def packed(home: House) -> list[int]:
    return [
        row[0]
        for row in home.rows("select id from raw_crypto_data where base_id is not null order by id")
    ]


def all_bytes(home: House) -> list[bytes]:
    """The payloads as they come out of the store, each the bytes that came in."""
    bodies = []
    for number, sha256 in home.rows("select id, sha256 from raw_crypto_data order by id"):
        bodies.append(payloads.body(home.connection, number))
        assert hashlib.sha256(bodies[-1]).digest() == sha256
    return bodies


def compact(home: House) -> None:
    while compact_payloads(home.connection, home.clock.now(), limit=3):
        pass


def test_every_payload_is_the_same_bytes_in_less_room(home: House) -> None:
    sweeps(home, 6)
    before, digest = all_bytes(home), home.digest()
    room = home.value("select sum(length(body)) from raw_crypto_data")
    compact(home)
    assert packed(home) == [2, 3, 4, 5, 6]
    assert all_bytes(home) == before
    assert home.digest() == digest
    assert home.value("select sum(length(body)) from raw_crypto_data") < room / 3


def test_what_was_packed_can_be_replayed_and_answered_with_not_modified(home: House) -> None:
    sweeps(home, 3)
    compact(home)
    done = replay(home.url, home.engine.sources, holder="t", lease_duration=LEASE, verify=True)
    assert (done.payloads, done.differences) == (3, {})
    home.providers["coingecko"].script(as_json([], status=304))
    assert home.sweep("coingecko").status == "success"
    sweep(home, 7)
    assert packed(home) == [2, 3]


def test_a_base_serves_so_many_and_then_another_takes_over(home: House) -> None:
    sweeps(home, 1)
    home.connection.execute(
        "insert into raw_crypto_data (stream_id, run_id, request, request_key, cursor, fetched_at,"
        " status, headers, body, body_bytes, sha256)"
        " select stream_id, run_id, request, request_key, cursor, fetched_at, status, headers,"
        " body, body_bytes, sha256 from raw_crypto_data, generate_series(1, %s)",
        [2 * FOLLOWERS],
    )
    compact(home)
    bases = home.rows("select base_id, count(*) from raw_crypto_data group by 1 order by 1")
    assert bases == [(1, FOLLOWERS), (FOLLOWERS + 2, FOLLOWERS - 1), (None, 2)]


def test_an_answer_that_nobody_asks_for_twice_is_packed_against_one_of_its_kind(
    home: House,
) -> None:
    sweeps(home, 2)
    home.connection.execute(
        "update raw_crypto_data set request_key = gen_random_uuid(),"
        " request = jsonb_set(request, '{params,page}', to_jsonb(id::text))"
    )
    home.connection.execute(
        "insert into raw_crypto_data (stream_id, run_id, request, request_key, cursor, fetched_at,"
        " status, headers, body, body_bytes, sha256)"
        " select stream_id, run_id, request #- '{params,page}', gen_random_uuid(), cursor,"
        " fetched_at, status, headers, body, body_bytes, sha256 from raw_crypto_data where id = 1"
    )
    compact(home)
    assert packed(home) == [2], "the third was asked with other parameters"


def test_pages_do_not_stay_packed_against_each_other(home: House) -> None:
    for at, price in enumerate((1, 2, 3)):
        sweep(home, price)
        page = "update raw_crypto_data set request_key = %s where id = %s"
        home.connection.execute(page, [f"00000000-0000-0000-0000-00000000000{at % 2}", at + 1])
    sweep(home, 4)
    home.connection.execute(page, ["00000000-0000-0000-0000-000000000001", 4])
    home.clock.tick(hours=1)
    compact(home)
    bases = home.rows("select id, base_id from raw_crypto_data order by id")
    assert bases == [(1, None), (2, 1), (3, 1), (4, None)], "the fourth is base of what follows"


def test_payloads_of_the_last_days_stay_plain(home: House) -> None:
    sweeps(home, 3)
    home.clock.tick(hours=46, minutes=1)
    upkeep(home).apply(home.connection)
    assert packed(home) == [2]
    home.clock.tick(hours=2)
    upkeep(home).apply(home.connection)
    assert packed(home) == [2, 3]


def test_a_base_that_has_to_go_leaves_its_followers_whole(home: House) -> None:
    sweeps(home, 6)
    compact(home)
    before = all_bytes(home)
    cutoff = home.clock.now() - timedelta(hours=4)
    purge.forget_older(home.url, "coingecko", cutoff, holder="t", lease_duration=LEASE)
    assert all_bytes(home) == before[2:]
    assert home.rows("select id, base_id from raw_crypto_data order by id") == [
        (3, None), (4, 3), (5, 3), (6, 3),
    ]  # fmt: skip
    purge.purge(home.url, "coingecko", holder="t", lease_duration=LEASE)
    assert home.value("select count(*) from raw_crypto_data") == 0


def test_a_closed_month_is_put_in_key_order_and_answers_the_same(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kasparro.store.rewriting.SMALLEST", 100)
    sweeps(home, 3)
    digest = home.digest()
    (month,) = home.rows(
        "select inhrelid::regclass::text from pg_inherits"
        " where inhparent = 'observations'::regclass"
    )[0]
    order = f"select series_id, observed_at from {month} order by ctid"
    assert home.rows(order) != sorted(home.rows(order))
    upkeep(home).apply(home.connection)
    assert home.rows(order) != sorted(home.rows(order)), "the month is not over"
    home.clock.tick(days=365)
    upkeep(home).apply(home.connection)
    assert home.rows(order) == sorted(home.rows(order))
    assert home.digest() == digest
    assert out_of_order(home.connection, home.clock.now(), largest=10**6) == []
    sweep(home, 1)  # goes into a month of its own
    home.connection.execute("update observations set price_usd = price_usd")
    indexes = home.rows(
        "select indexrelid::regclass::text from pg_index where indrelid = %s::regclass order by 1",
        month,
    )
    assert indexes == [(f"{month}_pkey",), (f"{month}_slots",)]
    done = replay(home.url, home.engine.sources, holder="t", lease_duration=LEASE, verify=False)
    assert done.differences == {}


def test_a_month_is_not_rewritten_under_a_run_or_a_long_reader(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kasparro.store.rewriting.LONGEST_WAIT_MS", 50)
    sweeps(home, 1)
    (month,) = home.rows(
        "select inhrelid::regclass::text from pg_inherits"
        " where inhparent = 'observations'::regclass"
    )[0]
    closed = Closed(month, 250)
    run = claims.start_now(home.connection, "coingecko", "markets", holder="t",
                          lease_duration=LEASE, config_version="")  # fmt: skip
    assert run is not None
    with pytest.raises(BusyError, match="rewrite when it is done"):
        rewrite(home.url, closed, holder="u", lease_duration=LEASE)
    home.engine.execute(run)
    with connect(home.url) as reader, reader.transaction():
        reader.execute("select from observations")
        with pytest.raises(BusyError, match="is being read"):
            rewrite(home.url, closed, holder="u", lease_duration=LEASE)
    rewrite(home.url, closed, holder="u", lease_duration=LEASE)


def upkeep(home: House) -> Upkeep:
    return Upkeep(url=home.url, clock=home.clock, holder="test", lease_duration=LEASE)
