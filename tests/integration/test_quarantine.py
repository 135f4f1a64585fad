"""A record that breaks its contract is set aside with its reason; its neighbours are stored."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.bad_records import GOOD, among_good, quarantined
from support.house import House
from support.provider import Reply, as_json
from support.records import coins, ticker


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
