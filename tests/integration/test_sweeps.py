"""A sweep goes through its pages once, from where the last one stopped, and never in a circle."""

from kasparro.core.source import Options
from kasparro.ingestion.access import Choice
from support.house import House, house, toy_house
from support.provider import as_json
from support.records import coins
from support.sweeps import broken_at, pages
from support.toy import quotes, toy


def pages_asked(home: House) -> list[str]:
    return [asked.params["page"] for asked in home.providers["coingecko"].asked]


def test_a_finished_sweep_starts_again_at_its_first_page(home: House) -> None:
    home.providers["coingecko"].answer = pages
    home.sweep("coingecko")
    home.sweep("coingecko")
    assert pages_asked(home) == ["1", "2", "3", "4"] * 2


def test_an_interrupted_sweep_goes_on_at_its_page_and_ends_as_if_undisturbed(home: House) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = broken_at("3")
    failed = home.sweep("coingecko")
    assert (failed.status, failed.new) == ("failed", 500)
    assert home.checkpoint("coingecko")[0] == {"page": 3, "of": 4}
    gecko.asked.clear()
    gecko.answer = pages
    resumed = home.sweep("coingecko")
    assert (resumed.status, resumed.new) == ("success", 500)
    assert pages_asked(home) == ["3", "4"]
    assert home.value("select count(*) from observations") == 1000


def test_a_sweep_that_keeps_failing_at_one_page_never_forgets_the_pages_before(
    home: House,
) -> None:
    gecko = home.providers["coingecko"]
    gecko.answer = broken_at("2")
    for _ in range(3):
        assert home.sweep("coingecko").status == "failed"
    assert home.checkpoint("coingecko")[0] == {"page": 2, "of": 4}
    assert pages_asked(home).count("1") == 1


def test_a_short_page_ends_the_sweep(home: House) -> None:
    home.providers["coingecko"].answer = lambda asked: as_json(
        coins(0, 250) if asked.params["page"] == "1" else coins(250, 7)
    )
    assert home.sweep("coingecko").new == 257
    assert pages_asked(home) == ["1", "2"]


def test_a_sweep_asks_for_as_many_pages_as_its_owner_tracks_coins(database_url: str) -> None:
    choices = {"coingecko": Choice(options=Options(top=300))}
    with house(database_url, choices=choices) as home:
        home.providers["coingecko"].answer = pages
        assert home.sweep("coingecko").new == 500
        assert pages_asked(home) == ["1", "2"]


def test_a_cursor_that_does_not_move_fails_the_run_instead_of_asking_for_ever(
    database_url: str,
) -> None:
    with toy_house(database_url, toy()) as home:
        home.providers["toy"].answer = lambda _: as_json({"quotes": quotes(1), "next": 1})
        report = home.sweep("toy")
        assert report.status == "failed"
        assert "does not move" in str(report.error_message)
        assert len(home.providers["toy"].asked) == 1


def test_cursors_that_go_round_in_a_circle_fail_the_run_too(database_url: str) -> None:
    with toy_house(database_url, toy()) as home:
        turns = {"1": 2, "2": 3, "3": 1}
        home.providers["toy"].answer = lambda asked: as_json(
            {"quotes": quotes(1), "next": turns[asked.params["page"]]}
        )
        report = home.sweep("toy")
        assert report.status == "failed"
        assert "does not move" in str(report.error_message)
        assert len(home.providers["toy"].asked) == 3
