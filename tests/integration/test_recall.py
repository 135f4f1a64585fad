"""A coin we track and a sweep no longer shows is asked for by id, before it is called unlisted."""

from dataclasses import replace
from typing import Any

from kasparro.core.source import Page, Payload, Recall, Request
from support.house import House, toy_house
from support.provider import Asked, Reply, as_json
from support.records import coin, coins, ticker
from support.toy import quotes, split, toy

UNKNOWN = as_json({"error": "id not found"}, 404)
BROKEN = Reply(b"", 502)


def unlisted(home: House) -> list[str]:
    rows = home.rows(
        "select source_asset_id from listings where unlisted_at is not null order by 1"
    )
    return [id_ for (id_,) in rows]


def coverage(home: House) -> Any:
    """(tracked, missed) of the newest run."""
    return home.rows("select tracked, missed from etl_runs order by id desc limit 1")[0]


def gecko_has(home: House, listed: list[str], *, by_id: list[str] | None = None) -> None:
    """CoinGecko's list, and what it has beyond when asked by id."""
    others = listed if by_id is None else [*listed, *by_id]

    def answer(asked: Asked) -> Reply:
        if "ids" not in asked.params:
            return as_json([coin(id_) for id_ in listed])
        return as_json([coin(id_) for id_ in asked.params["ids"].split(",") if id_ in others])

    home.providers["coingecko"].answer = answer


def paprika_has(home: House, listed: list[str], *, by_id: dict[str, Reply] | None = None) -> None:
    """CoinPaprika's list, and what it says when asked by id."""
    home.providers["coinpaprika"].answer = lambda asked: (
        as_json([ticker(id_) for id_ in listed])
        if asked.path == "/tickers"
        else (by_id or {}).get(asked.path.removeprefix("/tickers/"), UNKNOWN)
    )


def sweep(home: House, source: str) -> Any:
    home.clock.tick(hours=1)
    home.providers[source].asked.clear()
    return home.sweep(source)


def test_a_coin_that_fell_out_of_the_pages_is_asked_for_by_id_and_stays(home: House) -> None:
    gecko_has(home, ["aa", "bb", "cc"])
    sweep(home, "coingecko")
    gecko_has(home, ["aa"], by_id=["bb", "cc"])
    report = sweep(home, "coingecko")
    asked = home.providers["coingecko"].asked
    assert [one.params.get("ids") for one in asked] == [None, "bb,cc"]
    assert (report.status, report.unchanged) == ("success", 3)
    assert unlisted(home) == []
    assert coverage(home) == (3, [])


def test_a_coin_that_is_missing_in_the_answer_about_it_becomes_unlisted_with_its_date(
    home: House,
) -> None:
    gecko_has(home, ["aa", "bb", "cc"])
    sweep(home, "coingecko")
    gecko_has(home, ["aa"], by_id=["bb"])
    sweep(home, "coingecko")
    assert home.rows(
        "select source_asset_id, unlisted_at from listings where unlisted_at is not null"
    ) == [("cc", home.clock.now())]
    assert coverage(home) == (2, [])
    assert home.value("select count(*) from crypto_prices where coin_id = 'cc'") == 1


def test_a_coin_its_source_answers_404_for_becomes_unlisted(home: House) -> None:
    paprika_has(home, ["a-a", "b-b"])
    sweep(home, "coinpaprika")
    paprika_has(home, ["a-a"])
    assert sweep(home, "coinpaprika").status == "success"
    assert unlisted(home) == ["b-b"]


def test_an_unlisted_coin_is_not_asked_for_again_until_it_is_shown_again(home: House) -> None:
    gecko_has(home, ["aa", "bb"])
    sweep(home, "coingecko")
    gecko_has(home, ["aa"])
    sweep(home, "coingecko")
    sweep(home, "coingecko")
    assert len(home.providers["coingecko"].asked) == 1
    gecko_has(home, ["aa", "bb"])
    sweep(home, "coingecko")
    assert unlisted(home) == []
    assert coverage(home) == (2, [])


def test_a_coin_whose_record_by_id_is_bad_is_quarantined_and_not_called_unlisted(
    home: House,
) -> None:
    paprika_has(home, ["a-a", "b-b"])
    gecko_has(home, ["aa", "bb", "cc"])
    for source in home.providers:
        sweep(home, source)
    paprika_has(home, ["a-a"], by_id={"b-b": as_json(ticker("b-b", price="abc"))})
    home.providers["coingecko"].answer = lambda asked: as_json(
        [coin("bb", current_price=-1)] if "ids" in asked.params else [coin("aa")]
    )
    for source in home.providers:
        report = sweep(home, source)
        assert (report.status, report.quarantined) == ("partial", 1)
    assert unlisted(home) == ["cc"]


def test_pages_that_show_nobody_send_nobody_looking_and_unlist_nobody(home: House) -> None:
    gecko_has(home, ["aa", "bb", "cc"])
    sweep(home, "coingecko")
    gecko_has(home, [])
    assert sweep(home, "coingecko").status == "success"
    assert len(home.providers["coingecko"].asked) == 1
    assert unlisted(home) == []


def test_not_found_in_answer_to_many_ids_speaks_of_none_of_them(home: House) -> None:
    gecko_has(home, ["aa", "bb", "cc"])
    sweep(home, "coingecko")
    home.providers["coingecko"].answer = lambda asked: (
        UNKNOWN if "ids" in asked.params else as_json([coin("aa")])
    )
    assert sweep(home, "coingecko").status == "success"
    assert unlisted(home) == []
    assert coverage(home) == (3, ["bb", "cc"])


def test_a_coin_without_a_price_is_known_and_not_called_unlisted(home: House) -> None:
    gecko_has(home, ["aa", "bb"])
    sweep(home, "coingecko")
    home.providers["coingecko"].answer = lambda asked: as_json(
        [coin("bb", current_price=None)] if "ids" in asked.params else [coin("aa")]
    )
    sweep(home, "coingecko")
    assert unlisted(home) == []


def test_a_coin_whose_first_recall_fails_is_asked_for_again_by_a_later_sweep(home: House) -> None:
    paprika_has(home, ["a-a", "b-b"])
    sweep(home, "coinpaprika")
    paprika_has(home, ["a-a"], by_id={"b-b": BROKEN})
    sweep(home, "coinpaprika")
    assert unlisted(home) == []
    paprika_has(home, ["a-a"], by_id={"b-b": as_json(ticker("b-b", price=7))})
    for _ in range(2):
        report = sweep(home, "coinpaprika")
    assert report.status == "success"
    assert coverage(home) == (2, [])
    assert home.prices()["b-b", "2026-05-18T11:59:21Z"] == 7


def test_only_so_many_are_asked_for_in_one_sweep_and_the_rest_are_said_to_be_missed(
    home: House,
) -> None:
    everyone = [f"x{n:02}-x{n:02}" for n in range(25)]
    paprika_has(home, ["a-a", *everyone])
    sweep(home, "coinpaprika")
    paprika_has(home, ["a-a"], by_id={id_: as_json(ticker(id_)) for id_ in everyone})
    sweep(home, "coinpaprika")
    assert len(home.providers["coinpaprika"].asked) == 1 + 20
    assert coverage(home) == (26, everyone[20:])
    assert unlisted(home) == []
    sweep(home, "coinpaprika")
    asked = [one.path.removeprefix("/tickers/") for one in home.providers["coinpaprika"].asked]
    assert asked[1:6] == everyone[20:]  # those not seen for longest come first


def test_a_sweep_that_died_while_asking_by_id_goes_on_with_those_ids(home: House) -> None:
    everyone = [f"c-{n}" for n in range(140)]
    gecko_has(home, ["aa", *everyone])
    sweep(home, "coingecko")

    def dies_at_the_second(asked: Asked) -> Reply:
        if "ids" not in asked.params:
            return as_json([coin("aa")])
        if len(home.providers["coingecko"].asked) > 2:
            home.connection.execute("update leases set token = gen_random_uuid()")
        return as_json([coin(id_) for id_ in asked.params["ids"].split(",")])

    home.providers["coingecko"].answer = dies_at_the_second
    assert sweep(home, "coingecko").status == "abandoned"
    home.connection.execute("delete from leases")
    gecko_has(home, ["aa"], by_id=everyone)
    assert sweep(home, "coingecko").status == "success"
    asked = home.providers["coingecko"].asked
    assert [len(one.params["ids"].split(",")) for one in asked] == [40]
    assert coverage(home) == (141, [])
    assert unlisted(home) == []


def test_a_sweep_with_few_records_warns_and_succeeds(home: House) -> None:
    home.providers["coingecko"].answer = lambda _: as_json(coins(1, 2))
    assert sweep(home, "coingecko").status == "success"


def test_an_answer_by_id_that_trips_our_reader_ends_the_sweep_and_not_all_that_follow(
    database_url: str,
) -> None:
    def clumsy(payload: Payload) -> Page:
        if "ids" in payload.cursor:
            raise KeyError("ids")
        return split(payload)

    source = toy(clumsy)
    stream = replace(
        source.streams[0],
        request=lambda cursor: Request(path="/prices", params={"page": cursor.get("page", 0)}),
        recall=Recall(cursor=lambda ids: {"ids": ids}, ids_per_request=1, requests_per_sweep=2),
    )
    with toy_house(database_url, replace(source, streams=[stream])) as home:
        home.providers["toy"].answer = lambda _: as_json({"quotes": quotes(1, 2), "next": None})
        sweep(home, "toy")
        home.providers["toy"].answer = lambda _: as_json({"quotes": quotes(3), "next": None})
        assert [sweep(home, "toy").status for _ in range(2)] == ["success", "success"]
        assert [one.params["page"] for one in home.providers["toy"].asked] == ["1", "0"]
        assert coverage(home) == (2, ["toy-2"])
        assert home.value("select count(*) from raw_crypto_data where uninterpreted > ''") == 1
