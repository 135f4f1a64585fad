"""What we ask again, what counts as unchanged, and that bytes are kept as they came."""

import gzip
import hashlib
import json
from typing import Any

import pytest
import zstandard

from kasparro.ingestion.access import Choice
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coins, ticker

OK = as_json([ticker()])


def asked(home: House, source: str = "coinpaprika") -> list[Asked]:
    return home.providers[source].asked


def test_we_say_who_we_are(home: House) -> None:
    home.sweep("coinpaprika")
    assert asked(home)[0].headers["user-agent"].startswith("kasparro/")


@pytest.mark.parametrize(
    "header, value, asks",
    [
        ("ETag", 'W/"abc"', "if-none-match"),
        ("Last-Modified", "Mon, 18 May 2026 11:59:00 GMT", "if-modified-since"),
    ],
)
def test_an_answer_that_has_not_changed_is_asked_for_only_if_it_has_and_counts_as_unchanged(
    home: House, header: str, value: str, asks: str
) -> None:
    bodies = {str(page): as_json(coins(250 * page, 250)).body for page in range(1, 5)}

    def answer(one: Asked) -> Reply:
        if one.headers.get(asks) == value:
            return Reply(b"", 304, {header: value})
        return Reply(bodies[one.params["page"]], 200, {header: value})

    home.providers["coingecko"].answer = answer
    home.sweep("coingecko")
    before = home.digest()
    home.clock.tick(hours=1)
    again = home.sweep("coingecko")
    assert (again.status, again.new, again.unchanged) == ("success", 0, 1000)
    assert (again.payloads, again.payloads_stored) == (4, 0)
    assert home.digest() == before
    assert [asks in one.headers for one in asked(home, "coingecko")] == [False] * 4 + [True] * 4


def test_a_validator_that_cannot_be_sent_back_is_left_out(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: Reply(OK.body, 200, {"ETag": 'W/"\xe9"'})
    assert [home.sweep("coinpaprika").status for _ in range(2)] == ["success"] * 2
    assert "if-none-match" not in asked(home)[1].headers


def test_after_bytes_we_could_not_read_we_ask_for_them_again_whole(home: House) -> None:
    home.providers["coinpaprika"].script(
        Reply(b"{}", 200, {"ETag": '"x"'}), Reply(OK.body, 200, {"ETag": '"x"'})
    )
    home.sweep("coinpaprika")
    assert home.sweep("coinpaprika").status == "success"
    assert "if-none-match" not in asked(home)[1].headers


def test_not_modified_to_somebody_who_has_nothing_is_an_error(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda _: Reply(b"", 304)
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "never asked" in str(report.error_message)


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_and_live_answers_are_never_taken_for_each_other(
    database_url: str, *, simulated: bool
) -> None:
    choice = Choice(simulated=simulated)
    marked = {"X-Kasparro-Simulated": "1"}
    with house(database_url, choices={"coinpaprika": choice}) as home:
        home.providers["coinpaprika"].script(
            Reply(OK.body, headers={} if simulated else marked),
            Reply(OK.body, headers=marked if simulated else {}),
        )
        refused = home.sweep("coinpaprika")
        assert refused.status == "failed"
        assert "never share a database" in str(refused.error_message)
        assert home.value("select count(*) from raw_crypto_data") == 0
        assert home.sweep("coinpaprika").status == "success"


QUIRKY = b'[ {"z": 1, "z":2,\r\n "n": 1e400, "u": "\\u00e9\xc3\xa9" } \t]\n\n'


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_kept_is_what_was_sent_byte_for_byte(home: House, *, packed: bool) -> None:
    home.providers["coinpaprika"].script(
        Reply(gzip.compress(QUIRKY), headers={"Content-Encoding": "gzip"})
        if packed
        else Reply(QUIRKY)
    )
    for _ in range(2):
        home.sweep("coinpaprika")
    ((body, size, sha256, request, fetched_at),) = home.rows(
        "select body, body_bytes, sha256, request, fetched_at from raw_crypto_data"
    )
    assert zstandard.decompress(body) == QUIRKY
    assert (size, sha256) == (len(QUIRKY), hashlib.sha256(QUIRKY).digest())
    assert request == {"path": "/tickers", "params": {"quotes": "USD"}}
    assert fetched_at == home.clock.now()


def test_of_an_answers_headers_only_the_useful_ones_are_kept(home: House) -> None:
    home.providers["coinpaprika"].script(
        Reply(OK.body, headers={"ETag": '"e"', "Age": "7", "Set-Cookie": "s=1", "X-Other": "x"})
    )
    home.sweep("coinpaprika")
    kept: dict[str, Any] = home.value("select headers from raw_crypto_data")
    assert kept["etag"] == '"e"'
    assert kept["age"] == "7"
    assert not {"set-cookie", "x-other"} & kept.keys()
    assert json.dumps(kept)
