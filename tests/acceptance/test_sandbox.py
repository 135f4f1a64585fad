"""The demo and the sandbox: simulated prices, marked everywhere, never mixed with live ones."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.installation import Installation, installation


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installation(tmp_path / "home") as own:
        yield own


def test_the_demo_needs_no_network_marks_everything_and_quarantines_nothing(
    place: Installation,
) -> None:
    demo = place.start("up", "--sandbox")
    place.wait_for(
        lambda: (
            place.get("/data?source=coingecko&limit=1").json()["total_records"] >= 1000
            and place.get("/data?source=coinpaprika&limit=1").json()["total_records"] >= 1000
        ),
        "simulated prices",
    )
    answer = place.get("/data?coin_id=bitcoin")
    assert answer.headers["X-Kasparro-Simulated"] == "true"
    assert {"coingecko", "coinpaprika"} <= {row["source"] for row in answer.json()["data"]}
    assert place.get("/quarantine").json()["total_records"] == 0
    assert place.stopped(demo, signal.SIGINT) == 0
    assert not (place.data_dir / "postgres").exists(), "live data has a directory of its own"


def test_a_sandbox_feeds_an_installation_that_says_it_is_simulated_and_no_other(
    place: Installation,
) -> None:
    place.start("sandbox", "--port", "0", "--at", "2026-05-18T12:00:00Z")
    place.wait_for(lambda: "KASPARRO_SIMULATED=on" in place.log(), "the sandbox")
    urls = dict(line.split("=", 1) for line in place.log().splitlines() if "_API_URL=" in line)
    refused = place.run("ingest", "coinpaprika", **urls)
    assert refused.returncode == 1
    assert "simulated prices: refused" in refused.stderr.splitlines()[-1]
    taken = place.run("ingest", "coinpaprika", KASPARRO_SIMULATED="on", **urls)
    assert taken.returncode == 0, taken.stderr
    assert "0 quarantined" in taken.stdout
    again = place.run("ingest", "coinpaprika", KASPARRO_SIMULATED="on", **urls)
    assert "0 new, 0 changed" in again.stdout, "a frozen market says the same"


def test_the_sandbox_listens_where_it_is_told_to(place: Installation) -> None:
    place.start("sandbox", "--port", "0", "--host", "0.0.0.0")  # noqa: S104  what is tested
    place.wait_for(lambda: "KASPARRO_SIMULATED=on" in place.log(), "the sandbox")
    assert "COINGECKO_API_URL=http://0.0.0.0:" in place.log()
