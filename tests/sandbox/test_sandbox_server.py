"""The simulated servers on a port of this machine, for as long as somebody needs them."""

import socket
import threading
import time
from datetime import timedelta
from statistics import median

import httpx2
import pytest

from kasparro.sandbox.app import SIMULATED, create_sandbox
from kasparro.sandbox.server import serve
from support.sandbox import START


@pytest.fixture(scope="module")
def sandbox():
    wall = START

    def goes_on():
        nonlocal wall
        wall += timedelta(seconds=30)
        return wall

    return create_sandbox(seed=1, clock=lambda: START, traffic_clock=goes_on)


def test_every_host_has_its_address_on_a_free_port(sandbox):
    with serve(sandbox) as at, httpx2.Client() as client:
        assert client.get(at.coinpaprika + "/contracts").status_code == 200
        assert client.get(at.coinpaprika_paid + "/contracts").status_code == 403
        assert client.get(at.coingecko + "/ping").status_code == 200
        assert client.get(at.coingecko_pro + "/ping").status_code == 401
        home = client.get(at.home)
        assert home.headers[SIMULATED] == "true"
        assert len(home.headers.get_list("date")) == 1
        assert home.headers.get_list("server") == ["cloudflare"]


def test_several_run_beside_each_other(sandbox):
    with serve(sandbox) as one, serve(sandbox) as other:
        assert one.home != other.home
        for at in (one, other):
            assert httpx2.get(at.coingecko + "/ping").status_code == 200


def test_after_the_block_nobody_answers_and_no_thread_is_left(sandbox):
    with serve(sandbox) as at:
        httpx2.get(at.home)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(at.home)
    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox"]


def test_it_stops_also_when_the_block_fails(sandbox):
    def broken(at):
        homes.append(at.home)
        raise ZeroDivisionError

    homes = []
    with pytest.raises(ZeroDivisionError), serve(sandbox) as at:
        broken(at)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(homes[0])


def test_a_block_that_is_over_at_once_is_no_trouble(sandbox):
    with serve(sandbox):
        pass


def test_a_port_that_is_taken_is_an_error_at_once(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), serve(sandbox, port=port):
            pass


def test_small_answers_are_not_held_back(sandbox):
    def taken(client, url):
        began = time.perf_counter()
        client.get(url)
        return time.perf_counter() - began

    with serve(sandbox) as at, httpx2.Client() as client:
        times = [taken(client, at.coingecko + "/ping") for _ in range(15)]
    assert median(times) < 0.035  # a packet that waits for its acknowledgement takes 0.04 s


def test_a_large_answer_arrives_whole(sandbox):
    with serve(sandbox) as at:
        answer = httpx2.get(at.coinpaprika + "/tickers")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()) == 2000
