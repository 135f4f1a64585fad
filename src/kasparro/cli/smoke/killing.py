"""A worker is killed in mid-run: nothing is lost, nothing is there twice, nothing runs for ever."""

import httpx2

from kasparro.cli.smoke.client import runs, served
from kasparro.cli.smoke.site import Site, Sources, wait_until
from kasparro.cli.smoke.verdict import differences, must, must_equal, must_say_the_same
from kasparro.sandbox.faults.connection import Hang
from kasparro.sandbox.faults.script import Rule, Script
from kasparro.store.connect import connect

MARKETS = "/coins/markets"
KILLED_AT = "3"
PAGES = ["1", "2", KILLED_AT, KILLED_AT, "4"]  # at most one payload is asked for again
UNDER_WAY = ("queued", "running")


def killed_in_mid_run(site: Site) -> str:
    """SIGKILL while the third page is on its way; the next worker goes on from the second."""
    with site.database() as url, site.sources() as sources:
        hang = Rule.model_validate({"fault": Hang(), "path": MARKETS, "calls": KILLED_AT})
        sources.sandbox.faults.load(Script(rules=(hang,)))
        with served(site, url, sources=sources) as client:
            _kill_a_worker(site, url, sources, client)
            sources.sandbox.faults.clear()
            _finish(site, url, sources, client)
            statuses = [run["status"] for run in runs(client)]
            of_markets = [run["status"] for run in runs(client, "coingecko")]
        pages = _pages(sources)
        must_equal("pages asked for", pages, PAGES)
        must_equal("statuses of the killed stream's runs", of_markets, ["success", "abandoned"])
        must(not set(statuses) & set(UNDER_WAY), f"runs are left {statuses}")
        with connect(url) as disturbed, connect(site.first) as undisturbed:
            found = must_say_the_same(disturbed, undisturbed)
    return f"pages {' '.join(pages)} asked for, no run left running, digest {found[:12]}"


def _kill_a_worker(site: Site, url: str, sources: Sources, client: httpx2.Client) -> None:
    with site.process(url, "worker", sources=sources, KASPARRO_SCHEDULER="off") as worker:
        wait_until(lambda: _start(site, client, wait=False) == httpx2.codes.ACCEPTED, "a worker")
        wait_until(lambda: KILLED_AT in _pages(sources), "the page to be asked for")
        must(worker.poll() is None, "the worker ended by itself")
        worker.kill()
        worker.wait()


def _finish(site: Site, url: str, sources: Sources, client: httpx2.Client) -> None:
    with site.process(url, "worker", sources=sources, KASPARRO_SCHEDULER="off"):
        wait_until(
            lambda: not any(run["status"] in UNDER_WAY for run in runs(client)),
            "the run of the killed worker to be closed",
        )
        must_equal("answer of POST /run-etl", _start(site, client, wait=True), httpx2.codes.OK)
        with connect(url) as disturbed, connect(site.first) as undisturbed:
            wait_until(  # links are made once the runs are over
                lambda: differences(disturbed, undisturbed) != {"listings"},
                "the same listings as in an undisturbed database",
            )


def _start(site: Site, client: httpx2.Client, *, wait: bool) -> int:
    """Ask for a run of every source, as anybody with the key may; the status of the answer."""
    key = {"X-API-Key": site.admin_key}
    return client.post("/run-etl", json={"wait": wait}, headers=key).status_code


def _pages(sources: Sources) -> list[str]:
    """Those asked for so far, in order."""
    calls = sources.witness.calls()
    return [call.params["page"] for call in calls if call.path.endswith(MARKETS)]
