"""A record that breaks its contract is set aside with its reason; its neighbours are stored."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.house import House
from support.provider import Reply, as_json
from support.records import coins, ticker

GOOD = [ticker(f"g{n}-good-{n}") for n in range(3)]


def with_token(id_: str, field: str, token: str) -> str:
    """A ticker as JSON text, one of its values exactly this token."""
    return json.dumps(ticker(id_, **{field: "@@"})).replace('"@@"', token)


def among_good(*texts: str) -> Reply:
    """Records, as text, between good ones."""
    first, *others = (json.dumps(record) for record in GOOD)
    return Reply(f"[{', '.join([first, *texts, *others])}]".encode())


def quarantined(home: House) -> list[Any]:
    return home.rows(
        "select q.position, q.source_asset_id, q.field, q.reason, q.record from quarantine q"
        " join raw_crypto_data p on p.id = q.payload_id order by q.payload_id, q.position"
    )


def stored(home: House, column: str = "price_usd") -> dict[str, Any]:
    """What stands of the records between the good ones, by the source's id."""
    return dict(
        home.rows(
            f"select l.source_asset_id, o.{column} from observations o"
            " join series r on r.id = o.series_id join listings l on l.id = r.listing_id"
            " where l.source_asset_id not like '%%good%%'"
        )
    )


def test_one_bad_record_among_a_hundred_costs_that_record_and_nothing_else(home: House) -> None:
    records = [ticker(f"c{n}-coin-{n}", price=n + 1) for n in range(100)]
    records[41]["quotes"]["USD"]["price"] = "abc"
    home.providers["coinpaprika"].script(as_json(records))
    report = home.sweep("coinpaprika")
    assert (report.status, report.new, report.quarantined) == ("partial", 99, 1)
    ((position, id_, field, reason, record),) = quarantined(home)
    assert (position, id_, field) == (41, "c41-coin-41", "quotes.USD.price")
    assert "valid decimal" in reason
    assert json.loads(record) == records[41]
    assert home.value("select count(*) from observations") == 99


def test_a_run_with_quarantined_records_counts_as_a_success_of_its_stream(home: House) -> None:
    home.providers["coinpaprika"].script(among_good("{}"))
    assert home.sweep("coinpaprika").status == "partial"
    _, success, failure, error = home.checkpoint("coinpaprika")
    assert (success, failure, error) == (home.clock.now(), None, None)


def test_one_sources_bad_record_is_no_other_sources_business(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([{"uuid": 1}]))
    home.providers["coingecko"].script(as_json(coins(1, 3)))
    assert home.sweep("coinpaprika").status == "partial"
    report = home.sweep("coingecko")
    assert (report.status, report.new) == ("success", 3)


def test_a_record_with_none_of_the_declared_fields_stores_nothing(home: House) -> None:
    home.providers["coinpaprika"].script(as_json([{"uuid": 1}]))
    home.sweep("coinpaprika")
    assert home.value("select count(*) from observations") == 0
    assert home.value("select count(*) from listings") == 0
    assert [(row[0], row[2]) for row in quarantined(home)] == [(0, "id")]


def test_a_price_that_is_none_is_never_stored_as_zero_or_as_anything(home: House) -> None:
    tokens = ['"abc"', "0", "-1", "NaN", "-Infinity", "1e40", "1e-50", "1e999999999", "9" * 61,
              "true", '"1,5"', "[]", '"NaN"', '"-Infinity"']  # fmt: skip
    bad = [with_token(f"bad-{n}", "price", token) for n, token in enumerate(tokens)]
    home.providers["coinpaprika"].script(among_good(*bad))
    report = home.sweep("coinpaprika")
    assert (report.status, report.new, report.quarantined) == ("partial", 3, len(tokens))
    assert stored(home) == {}
    assert {row[2] for row in quarantined(home)} == {"quotes.USD.price"}


def test_no_price_at_all_is_no_observation_and_no_fault_but_counted(home: House) -> None:
    home.providers["coinpaprika"].script(among_good(with_token("none-none", "price", "null")))
    report = home.sweep("coinpaprika")
    assert (report.status, report.new, report.without_price) == ("success", 3, 1)
    assert home.value("select count(*) from listings where source_asset_id = 'none-none'") == 1


@pytest.mark.parametrize(
    "field, column, numbers",
    [
        ("percent_change_24h", "change_24h_percent", {"-3.5": "-3.5", "0.0": "0", "null": None}),
        ("volume_24h", "volume_24h_usd", {"0": "0", "null": None, "1E+29": "1E+29"}),
        ("market_cap", "market_cap_usd", {"0": None, "12": "12"}),  # 0: not known
        (
            "price",
            "price_usd",
            {
                "0.000000000000000000123": "1.23E-19",
                "1e-40": "1E-40",
                "1234567890123456789.123456789012345678901": (
                    "1234567890123456789.123456789012345678901"
                ),
            },
        ),
    ],
)
def test_negative_zero_tiny_and_long_numbers_are_stored_as_they_were_sent(
    home: House, field: str, column: str, numbers: dict[str, str | None]
) -> None:
    records = [with_token(token.lower(), field, token) for token in numbers]
    home.providers["coinpaprika"].script(among_good(*records))
    assert home.sweep("coinpaprika").status == "success"
    assert stored(home, column) == {
        token.lower(): None if number is None else Decimal(number)
        for token, number in numbers.items()
    }


def test_a_zero_written_with_too_many_places_costs_nothing(home: House) -> None:
    tokens = ["0e-20000", "0E+999999", "-0.0", "0." + "0" * 20_000]
    records = [with_token(f"zero-{n}", "volume_24h", token) for n, token in enumerate(tokens)]
    home.providers["coinpaprika"].script(among_good(*records))
    report = home.sweep("coinpaprika")
    assert (report.status, report.new) == ("success", 3 + len(tokens))
    assert set(stored(home, "volume_24h_usd").values()) == {Decimal(0)}


def test_a_time_before_bitcoin_or_after_we_asked_is_not_believed(home: House) -> None:
    times = {
        "2026-05-18T12:02:00Z": True,  # a source's clock may be ahead of ours by that much
        "2026-05-18T12:02:01Z": False,
        "2262-04-11T23:47:16Z": False,
        "2009-01-03T00:00:00Z": True,
        "2009-01-02T23:59:59Z": False,
        "1970-01-01T00:00:00Z": False,
    }
    records = [json.dumps(ticker(time, last_updated=time)) for time in times]
    home.providers["coinpaprika"].script(among_good(*records))
    assert home.sweep("coinpaprika").status == "partial"
    assert set(stored(home)) == {time for time, believed in times.items() if believed}
    assert {(row[1], row[2]) for row in quarantined(home)} == {
        (time, "time") for time, believed in times.items() if not believed
    }


def test_a_time_too_far_ahead_never_becomes_the_latest(home: House) -> None:
    home.providers["coinpaprika"].script(
        as_json([ticker()]), as_json([ticker(price=1, last_updated="2056-05-18T11:59:21Z")])
    )
    home.sweep("coinpaprika")
    home.sweep("coinpaprika")
    assert home.value("select price_usd from latest") == Decimal("60000.5")


def test_whatever_stands_where_a_record_should_stand_its_neighbours_are_stored(
    home: House,
) -> None:
    texts = ["5", "null", "[]", '"text"', "true", "{}", '{"\\u0000": 1}', '{"id": "a\\u0000b"}',
             '{"id": "\\ud800"}', '{"id": {"a": [1e400, 1]}}', '{"id": 1' + "0" * 5000 + "}",
             '{"a": ' * 50 + "1" + "}" * 50]  # fmt: skip
    home.providers["coinpaprika"].script(among_good(*texts))
    report = home.sweep("coinpaprika")
    assert (report.status, report.new, report.quarantined) == ("partial", 3, len(texts))
    assert [row[0] for row in quarantined(home)] == list(range(1, len(texts) + 1))


def test_a_bad_field_name_in_a_catalogue_costs_its_record_only(home: House) -> None:
    home.providers["coingecko"].script(
        as_json([
            {"id": "a", "symbol": "a", "name": "A", "platforms": {"bad\0name": 5}},
            {"id": "b", "symbol": "b", "name": "B", "platforms": {}},
        ])
    )  # fmt: skip
    report = home.sweep("coingecko", "coins")
    assert (report.status, report.quarantined) == ("partial", 1)


def test_the_same_bad_record_again_is_quarantined_once_and_said_in_every_run(home: House) -> None:
    home.providers["coinpaprika"].script(among_good("{}"))
    reports = [home.sweep("coinpaprika") for _ in range(2)]
    assert [report.quarantined for report in reports] == [1, 1]
    assert len(quarantined(home)) == 1


def test_a_body_that_is_no_list_of_records_is_kept_and_the_run_fails(home: House) -> None:
    bodies = [b"", b"<html>Just a moment</html>", b'{"id": 1}', b"null", b'[{"id": "a"', b"\xff"]
    for body in bodies:
        home.providers["coinpaprika"].script(Reply(body))
        report = home.sweep("coinpaprika")
        assert report.status == "failed"
        assert "/tickers" in str(report.error_message)
    kept = home.rows(
        "select body_bytes, uninterpreted is not null from raw_crypto_data order by id"
    )
    assert kept == [(len(body), True) for body in bodies]
    assert home.prices() == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
FIELDS = ["id", "name", "symbol", "last_updated", "quotes", "rank", "price", "volume_24h",
          "market_cap", "percent_change_24h", "surprise"]  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.sampled_from(FIELDS), value=JSON)
def test_no_value_in_any_field_makes_a_run_fail(home: House, field: str, value: Any) -> None:
    home.providers["coinpaprika"].script(as_json([*GOOD, ticker("bad-bad", **{field: value})]))
    report = home.sweep("coinpaprika")
    assert report.status in ("success", "partial"), report.error_message
    accounted = report.new + report.changed + report.unchanged
    assert accounted + report.quarantined + report.without_price == 4
    assert accounted >= 3
