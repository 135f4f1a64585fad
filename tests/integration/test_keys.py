"""Whom we tell our key: the source's own host, in the source's own header, and nobody else."""

import logging

import pytest
import structlog

from kasparro import log
from kasparro.ingestion.access import Choice
from support.house import House, house
from support.provider import Asked, Reply, as_json, provider
from support.records import coin, ticker

KEY = "Swordfish"  # that looks like no key, so nothing hides it by its looks
OK = as_json([ticker()])


def asked(home: House, source: str = "coinpaprika") -> list[Asked]:
    return home.providers[source].asked


def everything_stored(home: House) -> str:
    """Every row of every table as text."""
    tables = home.rows("select oid::regclass::text from pg_class where relkind = 'r'"
                       " and relnamespace = 'public'::regnamespace")  # fmt: skip
    rows = [row for (table,) in tables for row in home.rows(f"select t::text from {table} t")]
    return "\n".join(text for (text,) in rows)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refusal_is_asked_once_and_says_what_to_change(home: House, status: int) -> None:
    home.providers["coinpaprika"].answer = lambda _: as_json({"error": "no"}, status)
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert len(asked(home)) == 1
    assert home.clock.slept == []
    assert home.value("select error_kind from etl_runs") == "refused"
    assert "COINPAPRIKA_API_KEY" in str(report.error_message)


def test_what_a_source_does_not_know_is_asked_once(home: House) -> None:
    report = home.sweep("coinpaprika")  # 404 page not found
    assert report.status == "failed"
    assert len(asked(home)) == 1
    assert home.value("select error_kind from etl_runs") == "fatal"


@pytest.mark.parametrize(
    "source, choice, header",
    [
        ("coinpaprika", Choice(key=KEY), "authorization"),
        ("coingecko", Choice(key=KEY), "x-cg-demo-api-key"),
        ("coingecko", Choice(key=KEY, plan="pro"), "x-cg-pro-api-key"),
    ],
)
def test_the_key_goes_bare_into_its_header_and_nowhere_else(
    database_url: str, source: str, choice: Choice, header: str
) -> None:
    with house(database_url, choices={source: choice}) as home:
        record = ticker() if source == "coinpaprika" else coin()
        echo = as_json({"error": f"{KEY} is no key of ours"}, 403)
        home.providers[source].script(as_json([record]), as_json({}, 500), echo)
        with structlog.testing.capture_logs() as logged:
            home.sweep(source)
            report = home.sweep(source)
        assert report.status == "failed"
        for one in asked(home, source):
            assert one.headers[header] == KEY
            others = {name: value for name, value in one.headers.items() if name != header}
            assert KEY not in f"{one.path} {one.params} {others}"
        assert KEY not in str(report) + str(logged) + everything_stored(home)
        other = next(name for name in home.providers if name != source)
        home.sweep(other)
        assert KEY not in str(asked(home, other))


def test_without_a_key_no_key_header_is_sent(home: House) -> None:
    for source in home.providers:
        home.sweep(source)
        sent = asked(home, source)[0].headers
        assert not {"authorization", "x-cg-demo-api-key", "x-cg-pro-api-key"} & sent.keys()


@pytest.mark.parametrize("human", [True, False])
def test_not_even_a_defect_shows_the_key_in_the_log(
    database_url: str, capfd: pytest.CaptureFixture[str], *, human: bool
) -> None:
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    try:
        log.configure("DEBUG", human=human)
        with house(database_url, choices={"coinpaprika": Choice(key=KEY)}) as home:
            home.engine.client.close()  # to send through it now is a defect of ours
            home.sweep("coinpaprika")
            kind = home.value("select error_kind from etl_runs")
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
    shown = capfd.readouterr()
    assert kind == "defect"
    assert "Traceback" in shown.err
    assert KEY not in shown.out + shown.err


def test_a_redirect_to_another_host_is_not_followed_because_the_key_would_go_along(
    database_url: str,
) -> None:
    with (
        provider() as elsewhere,
        house(database_url, choices={"coinpaprika": Choice(key=KEY)}) as home,
    ):
        home.providers["coinpaprika"].answer = lambda _: Reply(
            b"moved", 302, {"Location": f"{elsewhere.url}/tickers"}
        )
        report = home.sweep("coinpaprika")
        assert elsewhere.asked == []
    assert report.status == "failed"
    assert "another host" in str(report.error_message)


def test_a_redirect_within_the_host_is_followed_with_the_key(database_url: str) -> None:
    with house(database_url, choices={"coinpaprika": Choice(key=KEY)}) as home:
        home.providers["coinpaprika"].answer = lambda one: (
            OK if one.path == "/new/tickers" else Reply(
                b'<a href="/new/tickers">Moved Permanently</a>', 301,
                {"Location": "/new/tickers", "Content-Type": "text/html"})
        )  # fmt: skip
        assert home.sweep("coinpaprika").status == "success"
        assert [one.path for one in asked(home)] == ["/tickers", "/new/tickers"]
        assert {one.headers["authorization"] for one in asked(home)} == {KEY}


def test_redirects_in_a_circle_end(home: House) -> None:
    home.providers["coinpaprika"].answer = lambda one: Reply(b"", 301, {"Location": one.path})
    report = home.sweep("coinpaprika")
    assert report.status == "failed"
    assert "circle" in str(report.error_message)
    assert len(asked(home)) < 10


def test_a_redirect_that_leads_nowhere_is_the_sources_fault_and_no_defect(home: House) -> None:
    for place in ("http://[no-such-place", "ftp://x/", "//", "\\\\", "http:///x"):
        home.providers["coinpaprika"].answer = lambda _, place=place: Reply(
            b"", 302, {"Location": place}
        )
        home.sweep("coinpaprika")
    assert home.rows("select distinct error_kind from etl_runs") == [("fatal",)]
