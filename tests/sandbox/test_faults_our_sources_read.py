"""What our connectors make of an answer that is wrong in each way a fault knows. No database."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from kasparro.core.errors import MalformedPayloadError
from kasparro.core.interpretation import Interpretation
from kasparro.core.source import Options, Source, Stream
from kasparro.ingestion.interpret import interpret
from kasparro.ingestion.sources import coingecko, coinpaprika
from kasparro.sandbox.faults.script import Script
from support.sandbox import Visitor, fetched

STREAMS: dict[str, tuple[Source, Stream]] = {
    "coingecko": (coingecko.SOURCE, coingecko.MARKETS),
    "coinpaprika": (coinpaprika.SOURCE, coinpaprika.TICKERS),
}
Read: TypeAlias = Callable[..., Interpretation]
_truth: dict[str, Interpretation] = {}


@pytest.fixture
def read(visitor: Visitor) -> Iterator[Read]:
    """The first page of a source, with a fault; without one, of all these tests the same."""

    def first_page(source: str, name: str | None = None, **parameters: Any) -> Interpretation:
        if name is None and source in _truth:
            return _truth[source]
        rules = [{"fault": {"name": name} | parameters}] if name is not None else []
        visitor.sandbox.faults.load(Script.model_validate({"rules": rules}))
        api, stream = STREAMS[source]
        cursor = stream.start(Options(top=250))
        result = interpret(stream, fetched(visitor, api, stream.request(cursor), cursor))
        return result if name is not None else _truth.setdefault(source, result)

    yield first_page
    visitor.sandbox.faults.clear()


def numbers(result: Interpretation) -> dict[str, Any]:
    return {
        item.source_asset_id: (
            item.observed_at,
            item.price_usd,
            item.market_cap_usd,
            item.volume_24h_usd,
            item.change_24h_percent,
        )
        for item in result.observations
    }


PRICE = {"coingecko": "current_price", "coinpaprika": "quotes.USD.price"}
TIME = "last_updated"
COSTS_ITS_RECORDS = [
    ("coingecko", "removed_field", {"field": "current_price"}, "Field required"),
    ("coinpaprika", "removed_field", {"field": TIME}, "Field required"),
    ("coinpaprika", "renamed_field", {"field": "quotes.USD.price", "to": "usd"}, "Field required"),
    ("coingecko", "null_field", {"field": TIME}, "a price without its time"),
    ("coinpaprika", "null_field", {"field": "id"}, "valid string"),
    ("coingecko", "text_for_number", {"field": "current_price"}, "valid decimal"),
    ("coinpaprika", "text_for_number", {"field": "quotes.USD.volume_24h"}, "valid decimal"),
    ("coingecko", "object_for_scalar", {"field": "current_price"}, "Decimal input should be"),
    ("coinpaprika", "scalar_for_object", {"field": "quotes.USD"}, "valid dictionary"),
    ("coingecko", "time_as_epoch", {"field": TIME}, "a time must be text"),
    ("coingecko", "time_as_epoch", {"field": TIME, "unit": "ms"}, "a time must be text"),
    ("coingecko", "time_rewritten", {"field": TIME}, "written as a date"),
    ("coinpaprika", "time_rewritten", {"field": TIME, "format": "%Y-%m-%d %H:%M"}, "timezone info"),
    ("coingecko", "time_going_back", {"field": TIME, "seconds": 10**9}, "before bitcoin"),
    ("coinpaprika", "time_going_back", {"field": TIME, "seconds": -7200}, "after we fetched it"),
    ("coingecko", "wrong_price", {"field": "current_price"}, "greater than 0"),
    ("coingecko", "wrong_price", {"field": "current_price", "price": "-1"}, "greater than 0"),
    ("coingecko", "not_a_number", {"field": "current_price"}, "valid decimal"),
    ("coingecko", "not_a_number", {"field": "market_cap", "word": "Infinity"}, "valid decimal"),
    ("coingecko", "endless_number", {"field": "current_price", "digits": 70}, "60 digits"),
    ("coingecko", "scaled_number", {"field": "current_price", "factor": "1e40"}, "outside"),
    ("coingecko", "long_text", {"field": "symbol"}, "at most 200 items"),
    ("coingecko", "broken_utf8", {"field": "name"}, "not text"),
    ("coinpaprika", "broken_utf8", {"field": "id"}, "not text"),
]


@pytest.mark.parametrize("source, name, parameters, reason", COSTS_ITS_RECORDS)
def test_a_record_that_cannot_be_true_is_rejected_with_its_reason_and_its_neighbours_live(
    read: Read, source: str, name: str, parameters: dict[str, Any], reason: str
) -> None:
    truth = read(source)
    result = read(source, name, **parameters, share=0.3)
    assert 0 < len(result.rejections) < len(truth.listings)
    assert {reason in one.reason for one in result.rejections} == {True}, result.rejections[0]
    assert {one.field for one in result.rejections} <= {parameters["field"], "time"} | {
        f"{parameters['field']}.{more}" for more in ("price", "")
    } | {"quotes.USD"}
    told, true = numbers(result), numbers(truth)
    assert told.items() <= true.items(), "a neighbour changed"
    assert len(told) > len(true) / 3
    assert len(result.listings) + len(result.rejections) == result.records == truth.records


COSTS_THE_PAGE = [
    ("coingecko", "list_as_map", "not a list of records"),
    ("coinpaprika", "list_in_envelope", "not a list of records"),
    ("coingecko", "cut_json", "not JSON"),
    ("coingecko", "empty_body", "nothing at all"),
    ("coinpaprika", "page_with_200", "Please log in"),
    ("coingecko", "error_with_200", "an error although its status is 200"),
    ("coingecko", "rate_limited_with_200", "an error although its status is 200"),
]


@pytest.mark.parametrize("source, name, said", COSTS_THE_PAGE)
def test_an_answer_that_is_no_list_of_records_is_refused_as_a_whole(
    read: Read, source: str, name: str, said: str
) -> None:
    with pytest.raises(MalformedPayloadError, match=said):
        read(source, name)


KEEPS_THE_NUMBERS = [
    ("coingecko", "added_field", {"field": "confidence"}),
    ("coinpaprika", "added_field", {"field": "quotes.USD.confidence"}),
    ("coingecko", "number_as_text", {"field": "current_price"}),
    ("coingecko", "shuffled_records", {}),
    ("coingecko", "duplicated_records", {}),
    ("coinpaprika", "new_word", {"field": "symbol"}),
]


@pytest.mark.parametrize("source, name, parameters", KEEPS_THE_NUMBERS)
def test_what_leaves_the_meaning_alone_leaves_every_number_as_it_was(
    read: Read, source: str, name: str, parameters: dict[str, Any]
) -> None:
    truth = numbers(read(source))
    result = read(source, name, **parameters)
    assert result.rejections == []
    assert numbers(result) == truth


def test_an_unknown_field_is_reported_once_for_each_record_that_has_it(read: Read) -> None:
    result = read("coinpaprika", "added_field", field="quotes.USD.confidence")
    assert result.unknown_fields == {"quotes.USD.confidence": result.records}


IS_TAKEN_AT_ITS_WORD = [
    ("coingecko", "scaled_number", {"field": "current_price", "factor": 100}),
    ("coingecko", "scaled_number", {"field": "price_change_percentage_24h", "factor": "0.01"}),
    ("coinpaprika", "scaled_number", {"field": "quotes.USD.price", "factor": "1e8"}),
    ("coingecko", "rounded_number", {"field": "price_change_percentage_24h"}),
    ("coinpaprika", "swapped_ids", {"pairs": 3}),
    ("coinpaprika", "time_going_back", {"field": TIME, "seconds": 1800}),
    ("coingecko", "removed_field", {"field": "total_volume"}),
    ("coingecko", "endless_number", {"field": "total_volume"}),
]


@pytest.mark.parametrize("source, name, parameters", IS_TAKEN_AT_ITS_WORD)
def test_what_no_record_shows_by_itself_passes_and_is_left_to_drift(
    read: Read, source: str, name: str, parameters: dict[str, Any]
) -> None:
    truth = numbers(read(source))
    result = read(source, name, **parameters)
    assert result.rejections == []
    told = numbers(result)
    assert told.keys() == truth.keys()
    assert told != truth


def test_a_number_of_forty_digits_keeps_each_of_them(read: Read) -> None:
    result = read("coingecko", "endless_number", field="total_volume")
    assert {str(item.volume_24h_usd) for item in result.observations} == {
        "12345678901234567890.12345678901234567890"
    }


def test_coins_that_vanish_and_appear_are_missing_and_new_and_the_others_as_they_were(
    read: Read,
) -> None:
    truth = numbers(read("coingecko"))
    fewer = numbers(read("coingecko", "vanishing_records"))
    assert fewer.items() < truth.items()
    more = numbers(read("coingecko", "appearing_records"))
    assert more.items() > truth.items()
    assert all("-invented-" in id_ for id_ in more.keys() - truth.keys())
    assert numbers(read("coingecko", "empty_list")) == {}


def test_a_huge_list_is_read_to_its_end(read: Read) -> None:
    once = read("coingecko")
    result = read("coingecko", "huge_list", times=8)
    assert result.records == 8 * once.records
    assert len(numbers(result)) == 8 * len(numbers(once))
