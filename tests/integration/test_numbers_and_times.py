"""A number or a time is stored as it was sent, or not at all."""

import json
from decimal import Decimal
from typing import Any

import pytest

from support.bad_records import among_good, quarantined
from support.house import House
from support.provider import as_json
from support.records import ticker


def with_token(id_: str, field: str, token: str) -> str:
    """A ticker as JSON text, one of its values exactly this token."""
    return json.dumps(ticker(id_, **{field: "@@"})).replace('"@@"', token)


def stored(home: House, column: str = "price_usd") -> dict[str, Any]:
    """What stands of the records between the good ones, by the source's id."""
    return dict(
        home.rows(
            f"select l.source_asset_id, o.{column} from observations o"
            " join series r on r.id = o.series_id join listings l on l.id = r.listing_id"
            " where l.source_asset_id not like '%%good%%'"
        )
    )


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
