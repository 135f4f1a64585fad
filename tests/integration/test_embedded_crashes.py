"""Whatever is killed or interrupted, the next to need the server gets one, with its rows."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_rig import (
    FAST,
    HOLD,
    IMPATIENT,
    Holder,
    all_gone,
    answer,
    attempt,
    cleaned_up,
    kill_all,
    ready_made,
    server_pid,
    wait_until,
)

from kasparro.store import embedded

CTRL_C_WHILE_HOLDING = """
import sys
from pathlib import Path
import psycopg
from kasparro.store import embedded

with embedded.hold(Path(sys.argv[1])) as url:
    try:
        print(url, flush=True)
        sys.stdin.readline()
    except KeyboardInterrupt:
        for _ in range(20):
            psycopg.connect(url).close()
        print("still served", flush=True)
"""


@pytest.fixture
def data_dir(tmp_path_factory, tmp_path) -> Iterator[Path]:
    with ready_made(tmp_path_factory, tmp_path / "data") as path:
        yield path


def test_a_killed_holder_leaves_the_server_to_the_next_which_stops_it(data_dir):
    killed = Holder(data_dir)
    url = killed.line()
    killed.kill()
    assert answer(url) == 1
    heir = Holder(data_dir)
    assert heir.line() == url
    assert heir.leave() == 0
    assert all_gone(data_dir)


def test_a_killed_server_is_back_at_the_same_address_with_its_rows(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        answer(url, "create table kept as select 42 as number")
        os.kill(server_pid(data_dir), signal.SIGKILL)
        with embedded.hold(data_dir, settings=FAST) as again:
            assert again == url
        assert answer(url, "select number from kept") == 42
    assert all_gone(data_dir)


def test_a_stale_pid_file_whose_number_lives_again_is_mended(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        answer(url, "create table kept as select 42 as number")
        pid = server_pid(data_dir)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: all_gone(data_dir))
    pid_file = data_dir / "postgres" / "postmaster.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        pid_file.write_text(pid_file.read_text().replace(str(pid), str(stranger.pid), 1))
        assert not embedded.is_running(data_dir)
        with embedded.hold(data_dir, settings=FAST) as url:
            assert answer(url, "select number from kept") == 42
        assert stranger.poll() is None
        stranger.communicate(b"\n")


@pytest.mark.parametrize("left", ["", "\n", "half a wo", "4294967296\n/nowhere"])
def test_a_pid_file_cut_short_by_a_crash_is_mended(data_dir, left):
    (data_dir / "postgres" / "postmaster.pid").write_text(left)
    with embedded.hold(data_dir, settings=FAST) as url:
        assert answer(url) == 1


def test_a_copied_data_directory_is_not_taken_for_the_original(data_dir, tmp_path):
    with embedded.hold(data_dir, settings=FAST) as url:
        answer(url, "checkpoint")
        with cleaned_up(tmp_path / "copy") as copy:
            shutil.copytree(data_dir, copy)
            assert not embedded.is_running(copy)
            with embedded.hold(copy, settings=FAST) as other:
                assert other != url
                assert answer(other, "show data_directory") == str(copy / "postgres")
        assert answer(url) == 1


def test_a_server_that_recovers_longer_than_we_wait_is_left_to_finish(data_dir):
    unready = data_dir / "postgres" / "standby.signal"  # recovery that never ends
    unready.touch()
    told = attempt(data_dir, before=IMPATIENT, hot_standby="off")
    assert told.startswith("RecoveringError")
    assert "has not answered for 1 s" in told
    assert not all_gone(data_dir)
    unready.unlink()
    assert embedded.stop(data_dir) is True
    with embedded.hold(data_dir, settings=FAST) as url:
        assert answer(url) == 1


def test_ctrl_c_reaches_us_and_not_the_server(data_dir):
    holder = Holder(data_dir, script=CTRL_C_WHILE_HOLDING)
    assert holder.line()
    os.killpg(holder.process.pid, signal.SIGINT)
    assert holder.line() == "still served"
    assert holder.leave() == 0
    assert all_gone(data_dir)


def test_ctrl_c_while_initdb_works_leaves_nothing_running(tmp_path):
    with cleaned_up(tmp_path / "data") as data_dir:
        holder = Holder(data_dir)
        wait_until((data_dir / "postgres.new/cluster/base").exists)
        assert holder.interrupt() != 0
        wait_until(lambda: all_gone(data_dir), seconds=10)
        with embedded.hold(data_dir, settings=FAST) as url:
            assert answer(url) == 1


def test_ctrl_c_while_the_server_starts_leaves_nothing_running(data_dir):
    holder = Holder(
        data_dir, script=HOLD.replace("settings={", "settings={'post_auth_delay': '1', ")
    )
    wait_until((data_dir / "postgres" / "postmaster.pid").exists)
    assert holder.interrupt() != 0
    assert all_gone(data_dir)


@pytest.mark.parametrize("initdb_dies_too", [True, False])
def test_an_interrupted_initdb_is_done_again(tmp_path, initdb_dies_too):
    with cleaned_up(tmp_path / "data") as data_dir:
        holder = Holder(data_dir)
        wait_until((data_dir / "postgres.new/cluster/base").exists)
        holder.kill()
        if initdb_dies_too:
            kill_all(data_dir)
        assert (data_dir / "postgres.new").exists()
        assert not (data_dir / "postgres").exists()
        with embedded.hold(data_dir, settings=FAST) as url:
            assert answer(url) == 1
        assert not (data_dir / "postgres.new").exists()


def test_leftovers_of_initdb_never_cost_a_cluster_that_holds_data(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        answer(url, "create table kept as select 42 as number")
    shutil.copytree(data_dir / "postgres" / "base", data_dir / "postgres.new" / "cluster")
    with embedded.hold(data_dir, settings=FAST) as url:
        assert answer(url, "select number from kept") == 42
