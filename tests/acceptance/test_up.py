"""`kasparro up` as a user starts it: real processes, a real database, killed in every way."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kasparro.store import embedded
from support.installation import Installation, installation
from support.provider import Asked, Provider, Reply, as_json, provider
from support.records import coin, coins, ticker


@pytest.fixture
def gecko() -> Iterator[Provider]:
    with provider() as own:
        own.answer = gecko_pages
        yield own


@pytest.fixture
def paprika() -> Iterator[Provider]:
    with provider() as own:
        own.answer = lambda asked: as_json(
            [ticker(), ticker("eth-ethereum")] if asked.path == "/tickers" else []
        )
        yield own


@pytest.fixture
def place(tmp_path: Path, gecko: Provider, paprika: Provider) -> Iterator[Installation]:
    urls = {"COINGECKO_API_URL": gecko.url, "COINPAPRIKA_API_URL": paprika.url}
    with installation(tmp_path / "home", KASPARRO_LEASE_SECONDS="5", **urls) as own:
        yield own


def gecko_pages(asked: Asked) -> Reply:
    if asked.path != "/coins/markets":
        return as_json([])
    page = int(asked.params["page"])
    first = [coin()] if page == 1 else []
    return as_json(first + coins(250 * page, 250 - len(first)))


def swept(place: Installation) -> bool:
    runs = place.get("/runs?limit=50").json()
    return {run["source"] for run in runs if run["status"] == "success"} >= {
        "coinpaprika", "coingecko", "csv",
    } and all(run["status"] in ("success", "abandoned") for run in runs)  # fmt: skip


def markets_swept(place: Installation) -> bool:
    etl = place.get("/health").json()["etl_status"]
    return all(etl[name]["last_run_status"] == "success" for name in ("coinpaprika", "csv")) and (
        place.get("/data?source=coingecko").json()["total_records"] == 1000
    )


def test_one_command_ingests_three_sources_and_serves_them_as_one_bitcoin(
    place: Installation,
) -> None:
    place.start("up")
    place.wait_for(lambda: markets_swept(place), "three sources")
    answer = place.get("/data?coin_id=bitcoin&limit=100").json()
    assert {row["source"] for row in answer["data"]} == {"coinpaprika", "coingecko", "csv"}
    assert {row["symbol"] for row in answer["data"]} == {"BTC"}
    assert place.get("/health").status == 200


def test_ctrl_c_stops_everything_and_the_second_start_fetches_nothing_again(
    place: Installation, gecko: Provider
) -> None:
    first = place.start("up")
    place.wait_for(lambda: markets_swept(place) and swept(place), "the first sweeps")
    assert place.stopped(first, signal.SIGINT) == 0
    assert not embedded.is_running(place.data_dir)
    asked = len(gecko.asked)
    second = place.start("up")
    place.wait_for(lambda: place.get("/health").status == 200, "the second start")
    assert place.get("/data?source=coingecko").json()["total_records"] == 1000
    assert place.stopped(second, signal.SIGTERM) == 0
    assert len(gecko.asked) == asked


def test_the_api_answers_in_its_own_shape_while_every_source_hangs(
    place: Installation, gecko: Provider, paprika: Provider
) -> None:
    hang = Reply(hang=120)
    gecko.answer = paprika.answer = lambda _: hang
    place.start("up")
    place.wait_for(lambda: place.get("/health").json()["etl_status"].keys() != set(), "health")
    place.wait_for(lambda: place.get("/data?source=csv").json()["total_records"] > 0, "the csv")
    place.wait_for(lambda: bool(gecko.asked and paprika.asked), "both sources to be asked")
    assert place.get("/health").status == 200


def test_killed_in_mid_sweep_with_its_database_it_goes_on_where_it_was(
    place: Installation, gecko: Provider, tmp_path: Path
) -> None:
    reached, hold = threading.Event(), threading.Event()

    def third_page_hangs(asked: Asked) -> Reply:
        if asked.params.get("page") == "3" and not hold.is_set():
            reached.set()
            return Reply(hang=120)
        return gecko_pages(asked)

    gecko.answer = third_page_hangs
    killed = place.start("up")
    assert reached.wait(60)
    place.wait_for(lambda: place.get("/data?source=csv").json()["total_records"] > 0, "the csv")
    place.stopped(killed, signal.SIGKILL)
    kill_postmaster(place.data_dir)
    hold.set()
    place.start("up")
    place.wait_for(lambda: markets_swept(place) and swept(place), "the sweep to be completed")
    pages = [asked.params["page"] for asked in gecko.asked if "page" in asked.params]
    assert pages == ["1", "2", "3", "3", "4"]
    statuses = [run["status"] for run in place.get("/runs?limit=50").json()]
    assert "running" not in statuses
    assert "abandoned" in statuses
    disturbed = place.run("db", "digest").stdout.split()[-1]
    urls = {name: place.environment[name] for name in ("COINGECKO_API_URL", "COINPAPRIKA_API_URL")}
    with installation(tmp_path / "other", **urls) as undisturbed:
        undisturbed.start("up")
        undisturbed.wait_for(
            lambda: markets_swept(undisturbed) and swept(undisturbed), "an undisturbed sweep"
        )
        assert undisturbed.run("db", "digest").stdout.split()[-1] == disturbed


def test_two_processes_on_one_data_directory_ask_each_source_once(
    place: Installation, gecko: Provider
) -> None:
    place.start("up")
    place.start("worker")
    place.start("worker")
    place.wait_for(lambda: markets_swept(place) and swept(place), "the sweeps")
    pages = [asked.params["page"] for asked in gecko.asked if "page" in asked.params]
    assert pages == ["1", "2", "3", "4"]


def test_a_run_asked_for_with_the_key_is_carried_out_by_a_worker_elsewhere(
    place: Installation, paprika: Provider
) -> None:
    place.start("serve", KASPARRO_SCHEDULER="off")
    place.wait_for(lambda: place.get("/health").status == 200, "the API")
    key = {"X_API_Key": "a-key-for-the-test"}
    assert place.post("/run-etl?source=coinpaprika").status == 401
    assert place.post("/run-etl?source=coinpaprika", **key).status == 503
    place.start("worker", KASPARRO_SCHEDULER="off")
    place.wait_for(
        lambda: place.post("/run-etl?source=coinpaprika&wait=true", **key).status == 200,
        "a worker to carry it out",
    )
    assert place.get("/data?source=coinpaprika").json()["total_records"] == 2
    assert {asked.path for asked in paprika.asked} == {"/tickers"}


def test_a_database_that_is_killed_alone_comes_back_and_the_api_with_it(
    place: Installation,
) -> None:
    place.start("up")
    place.wait_for(lambda: markets_swept(place) and swept(place), "the sweeps")
    kill_postmaster(place.data_dir)
    place.wait_for(
        lambda: place.get("/data?source=coingecko&limit=1").json()["total_records"] == 1000,
        "the database to come back",
    )
    assert place.get("/health").status == 200


def kill_postmaster(data_dir: Path) -> None:
    pid = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)


def test_db_url_prints_a_url_that_clients_accept_and_leaves_the_server_running(
    place: Installation,
) -> None:
    url = place.run("db", "url").stdout.splitlines()[-1]
    assert place.run("db", "migrate").returncode == 0
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) from crypto_prices").fetchone() == (0,)
    assert embedded.is_running(place.data_dir)
    assert place.run("db", "stop").returncode == 0
    assert not embedded.is_running(place.data_dir)
