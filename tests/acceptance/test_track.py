"""`kasparro track`: coins outside the top ranks are asked for by id; wrong names are explained."""

import pytest

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from support.commands import CommandLine
from support.house import House, house
from support.provider import Asked, Reply, as_json
from support.records import coin, coins, ticker

SMALL = {"coingecko": Choice(options=Options(top=250))}


@pytest.fixture
def home(database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    with house(database_url, choices=SMALL) as own:
        own.providers["coingecko"].answer = gecko
        own.providers["coinpaprika"].answer = paprika
        yield own


def gecko(asked: Asked) -> Reply:
    if asked.path == "/coins/list":
        return as_json(
            [
                {"id": id_, "symbol": symbol, "name": id_.title(), "platforms": {}}
                for id_, symbol in (("far-below", "fbl"), ("never-heard", "nvr"), ("pepe", "pepe"))
            ]
        )
    if "ids" in asked.params:
        known = ("far-below", "pepe")
        return as_json([coin(id_) for id_ in asked.params["ids"].split(",") if id_ in known])
    return as_json(coins(1, 250))


def paprika(asked: Asked) -> Reply:
    if asked.path == "/tickers":
        return as_json([ticker()])
    if asked.path == "/tickers/pepe-pepe":
        return as_json(ticker("pepe-pepe"))
    return as_json({"error": "id not found"}, 404)


def asked_by_id(home: House) -> list[str]:
    """What CoinGecko was asked for by id, request by request."""
    return [a.params["ids"] for a in home.providers["coingecko"].asked if "ids" in a.params]


def test_a_pinned_id_is_asked_for_before_any_sweep_has_shown_it_and_in_every_sweep(
    home: House, kasparro: CommandLine
):
    assert kasparro("track", "coingecko:far-below").code == 0
    for _ in range(2):
        assert home.sweep("coingecko").status == "success"
        home.clock.tick(hours=1)
    assert asked_by_id(home) == ["far-below", "far-below"]
    assert ("far-below", "2026-05-18T11:59:30.931Z") in home.prices("coingecko")


def test_a_coin_pinned_by_our_name_is_asked_for_at_every_source_that_has_it(
    home: House, kasparro: CommandLine
):
    said = kasparro("track", "pepe")
    assert said.code == 0
    assert "coingecko:pepe" in said.out
    assert "coinpaprika:pepe-pepe" in said.out
    home.sweep("coingecko")
    home.sweep("coinpaprika")
    assert asked_by_id(home) == ["pepe"]
    assert [a.path for a in home.providers["coinpaprika"].asked] == [
        "/tickers",
        "/tickers/pepe-pepe",
    ]
    assert {coin_id for coin_id, _ in home.prices()} >= {"pepe"}


def test_a_pinned_coin_that_a_page_shows_costs_no_call_of_its_own(
    home: House, kasparro: CommandLine
):
    kasparro("track", "coingecko:coin-7")
    home.sweep("coingecko")
    assert asked_by_id(home) == []


def test_pinned_coins_come_before_those_that_were_only_seen_once(
    home: House, kasparro: CommandLine
):
    own = home.providers["coinpaprika"]
    gone = [f"old{n}-coin" for n in range(30)]
    own.answer = lambda _: as_json([ticker(), *map(ticker, gone)])
    home.sweep("coinpaprika")
    home.clock.tick(hours=1)
    kasparro("track", "pepe")
    own.asked.clear()
    own.answer = lambda asked: (
        paprika(asked) if "old" not in asked.path else as_json(ticker(asked.path.split("/")[2]))
    )
    home.sweep("coinpaprika")
    assert [a.path for a in own.asked][:2] == ["/tickers", "/tickers/pepe-pepe"]
    assert len(own.asked) == 1 + 20


def test_an_id_that_the_source_does_not_know_is_asked_for_once_a_day(
    home: House, kasparro: CommandLine
):
    kasparro("track", "coingecko:never-heard")
    for hours in (1, 22, 2, 1):
        home.sweep("coingecko")
        home.clock.tick(hours=hours)
    assert len(asked_by_id(home)) == 2
    assert "not known there on 2026-05-19 13:00" in kasparro("track", "--list").out


def test_a_pin_taken_back_is_not_asked_for(home: House, kasparro: CommandLine):
    kasparro("track", "coingecko:far-below", "pepe")
    assert kasparro("track", "--remove", "pepe").code == 0
    home.sweep("coingecko")
    assert asked_by_id(home) == ["far-below"]
    again = kasparro("track", "--remove", "pepe")
    assert again.code == 1
    assert "pepe is not pinned" in again.last_line


def test_a_recall_of_pins_that_fails_does_not_fail_the_sweep(home: House, kasparro: CommandLine):
    kasparro("track", "coingecko:far-below")
    own = home.providers["coingecko"]
    own.answer = lambda asked: as_json({}, 500) if "ids" in asked.params else gecko(asked)
    assert home.sweep("coingecko").status == "success"


@pytest.mark.parametrize(
    "name, told",
    [
        ("bitcion", "there is no coin 'bitcion' here: did you mean bitcoin"),
        ("BTC", "did you mean bitcoin"),
        ("csv:bitcoin", "'csv' is no source that can be asked for one coin"),
        ("nowhere:bitcoin", "there are coingecko, coinpaprika"),
        ("", "there is no coin ''"),
        ("zzzzzzzz", "a coin that no sweep has shown yet is named by its source"),
    ],
)
def test_a_name_that_nobody_has_is_refused_with_what_may_have_been_meant(
    home: House, kasparro: CommandLine, name: str, told: str
):
    said = kasparro("track", "pepe", name)
    assert said.code == 1
    assert told in said.last_line
    assert kasparro("track", "--json").json() == []


def test_once_a_catalogue_is_there_an_id_it_lacks_is_refused_with_those_that_come_close(
    home: House, kasparro: CommandLine
):
    home.sweep("coingecko", "coins")
    said = kasparro("track", "coingecko:far-bellow")
    assert said.code == 1
    assert "did you mean coingecko:far-below?" in said.last_line
    assert "did you mean coingecko:never-heard?" in kasparro("track", "nvr").last_line
    assert kasparro("track", "coingecko:far-below").code == 0


def test_a_coin_that_is_not_traded_any_more_is_refused(home: House, kasparro: CommandLine):
    dead = {"id": "old-dead", "name": "Dead", "symbol": "OLD", "rank": 0}
    dead |= {"is_new": False, "is_active": False, "type": "coin"}
    home.providers["coinpaprika"].answer = lambda _: as_json([dead])
    home.sweep("coinpaprika", "coins")
    said = kasparro("track", "coinpaprika:old-dead")
    assert said.code == 1
    assert "'old-dead' is not traded any more" in said.last_line


def test_what_is_tracked_is_told_in_words_and_as_json(home: House, kasparro: CommandLine):
    assert "no coin is tracked by id" in kasparro("track", "--list").out
    kasparro("track", "coingecko:far-below", "coingecko:far-below")
    assert "asked for from the next sweep on" in kasparro("track").out
    home.sweep("coingecko")
    lines = kasparro("track", "--list").out.splitlines()
    assert lines[0].split() == ["coin", "asked", "for", "as", "name", "price", "as", "of", "state"]
    assert lines[1].startswith("coingecko:far-below")
    assert "$60,010.25" in lines[1]
    assert lines[1].endswith("tracked")
    (one,) = kasparro("track", "--json").json()
    assert (one["pin"], one["coin_id"]) == ("coingecko:far-below", "far-below")
    assert one["price_usd"] == 60010.25
