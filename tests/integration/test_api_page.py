"""`GET /` for programs and for people."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from kasparro.schemas.about import About
from kasparro.store.connect import Connection
from support.api import HOUR, Api, facts, serving
from support.filling import NOON, Filling

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def filling(database: Connection) -> Filling:
    return Filling(database)


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with serving(database_url) as running:
        yield running


async def page(api: Api, *, status: int = 200) -> str:
    answer = await api.client.get("/", headers=BROWSER)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "script" not in answer.text.replace("description", "")
    return answer.text


async def test_a_program_learns_what_this_is_and_every_link_leads_somewhere(api: Api):
    answer = await api.get("/")
    about = About.model_validate_json(answer.content)
    assert (about.name, about.version, about.simulated) == ("kasparro", "1.2.3", False)
    assert [credit.attribution for credit in about.sources] == [
        "Prices by coinpaprika",
        "Prices by coingecko",
        "Prices by csv",
    ]
    for path in about.links.values():
        assert (await api.get(path)).status_code == 200, path


async def test_a_browser_sees_prices_ages_runs_and_whom_to_credit(api: Api, filling: Filling):
    gecko = filling.series("coingecko", "bitcoin", "btc", name="Bitcoin")
    filling.observe(gecko, NOON - timedelta(minutes=7), "42500.50", market_cap="850000000000")
    small = filling.series("csv", "small-coin", "SML", name="Small Coin")
    filling.observe(small, NOON - timedelta(days=3), "0.0000123456789", change="-3.5")
    filling.run("coingecko", started=NOON - timedelta(minutes=5))
    html = await page(api)
    assert html.index("Bitcoin") < html.index("Small Coin")
    for words in (
        "$42,500.50",
        "$850.00 B",
        "$0.0000123457",
        "\N{MINUS SIGN}3.50 %",
        "7 minutes old",
        "3 days old",
        "success, 5 minutes ago",
        'title="2026-03-10 11:55 UTC"',
        "never ran",
        "Prices by coinpaprika",
        'href="https://csv.test/terms"',
        "the licence of coingecko",
    ):
        assert words in html, words


async def test_what_a_source_says_cannot_become_markup(api: Api, filling: Filling):
    evil = "<img src=x onerror=alert(1)>"
    filling.observe(filling.series("csv", "evil", "<b>", name=evil), NOON)
    filling.run("csv", status="failed", error=evil)
    html = await page(api)
    assert "<img" not in html
    assert "<b>" not in html
    assert html.count("&lt;img src=x") == 2


async def test_the_next_run_is_told_by_the_rules_that_workers_go_by(
    api: Api, filling: Filling, database: Connection
):
    database.execute("update installation set sweep_offset_seconds = 1500")
    filling.run("coingecko", started=NOON - timedelta(minutes=35))
    assert "Next run</dt><dd>when asked for" in await page(api)
    database.execute("insert into workers (id, name) values (gen_random_uuid(), 'one')")
    html = await page(api)
    assert "in 25 minutes" in html
    assert "when asked for" not in html, "files are looked at by schedule too"
    filling.run("coingecko", status="failed", started=NOON - timedelta(minutes=1), error="x")
    assert "in 4 minutes" in await page(api)


async def test_what_is_left_of_the_month_stands_beside_the_calls_made(
    api: Api, filling: Filling, database: Connection
):
    used = "insert into call_windows (source, period, starts_at, calls, allowed)"
    month = "'month', date_trunc('month', now())"
    for name, made, allowed in (("coingecko", 8_500, 9_000), ("coinpaprika", 18_001, 18_000)):
        filling.run(name, started=NOON)
        database.execute(f"{used} values ('{name}', {month}, {made}, {allowed})")
    filling.run("csv", started=NOON)
    html = await page(api)
    assert "Calls this month</dt><dd>8,500 of 9,000</dd>" in html
    assert "Left</dt><dd>500</dd>" in html
    assert '<progress class="low" max="9000" value="8500"' in html
    assert "Left</dt><dd>0</dd>" in html, "what a person asked for by hand may be more"
    assert html.count("Calls this month") == 2, "files are not called"


async def test_a_plan_without_a_bound_tells_calls_only(
    api: Api, filling: Filling, database: Connection
):
    filling.run("coingecko", started=NOON)
    database.execute(
        "insert into call_windows (source, period, starts_at, calls)"
        " values ('coingecko', 'month', date_trunc('month', now()), 1234)"
    )
    html = await page(api)
    assert "Calls this month</dt><dd>1,234</dd>" in html
    assert "<progress" not in html


async def test_a_source_that_no_schedule_looks_at_runs_when_asked_for(
    database_url: str, filling: Filling, database: Connection
):
    database.execute("insert into workers (id, name) values (gen_random_uuid(), 'one')")
    for name in ("coingecko", "csv"):
        filling.run(name, started=NOON)
    sources = (facts("coingecko"), facts("csv", interval=None, swept_every=None))
    async with serving(database_url, sources=sources) as api:
        html = await page(api)
    assert html.count("Next run</dt><dd>when asked for") == 1
    assert html.count("Next run</dt><dd>in ") == 1


async def test_simulated_prices_say_so_on_the_page_and_in_every_header(database_url: str):
    async with serving(database_url, simulated=True) as api:
        assert "Simulated" in await page(api)
        for path in ("/", "/data", "/health", "/nope", "/data?limit=0"):
            answer = await api.get(path)
            assert answer.headers["x-kasparro-simulated"] == "true", path
    async with serving(database_url) as api:
        assert "Simulated" not in await page(api)
        assert "x-kasparro-simulated" not in (await api.get("/data")).headers


async def test_without_a_database_the_page_says_so(database_url: str):
    async with serving(None) as api:
        assert "Starting" in await page(api, status=503)
        await api.database.open("postgresql://nobody@127.0.0.1:1/none")
        assert "cannot be reached" in await page(api, status=503)
        await api.database.open(database_url)
        assert "No prices yet" in await page(api)


async def test_there_is_an_icon(api: Api):
    answer = await api.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


async def test_a_stale_source_is_marked(api: Api, filling: Filling):
    filling.observe(filling.series("coingecko", "bitcoin", "BTC"), NOON - 3 * HOUR)
    html = await page(api)
    assert ">stale<" in html
    assert ">degraded<" in html
