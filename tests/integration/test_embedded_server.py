"""The embedded server lives as long as somebody needs it, whatever is killed in between."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_rig import (
    FAST,
    HOLD,
    Holder,
    all_gone,
    answer,
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
    print(url, flush=True)
    try:
        sys.stdin.readline()
    except KeyboardInterrupt:
        for _ in range(20):
            psycopg.connect(url).close()
        print("still served", flush=True)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A data directory whose cluster is made and whose server is stopped."""
    data_dir = tmp_path_factory.mktemp("made") / "data"
    with embedded.hold(data_dir, settings=FAST):
        pass
    return data_dir


@pytest.fixture
def data_dir(made, tmp_path) -> Iterator[Path]:
    with cleaned_up(ready_made(made, tmp_path / "data")) as path:
        yield path


def test_a_directory_with_spaces_and_signs_serves_psycopg_and_psql(tmp_path):
    awkward = tmp_path / "two  words" / 'it\'s a "$HOME" `id` ünïcode;'
    with cleaned_up(awkward), embedded.hold(awkward, settings=FAST) as url:
        asked = subprocess.run(
            [embedded.program("psql"), url, "-Atc", "select current_database(), current_user"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert asked.stdout.strip() == "kasparro|kasparro"
        assert answer(url, "show data_directory") == str(awkward / "postgres")
    assert all_gone(awkward)


def test_a_very_long_path_works(made, tmp_path):
    depth = (880 - len(str(tmp_path))) // 201
    deep = tmp_path.joinpath(*["d" * 200] * depth, "data")
    deep.parent.mkdir(parents=True)
    with cleaned_up(ready_made(made, deep)), embedded.hold(deep, settings=FAST) as url:
        assert answer(url) == 1


def test_a_new_cluster_has_utf8_builtin_locale_checksums_and_utc(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        assert answer(url, "show server_encoding") == "UTF8"
        assert answer(url, "show data_checksums") == "on"
        assert answer(url, "show timezone") == "UTC"
        locale = "select datlocale from pg_database where datname = current_database()"
        assert answer(url, f"{locale} and datlocprovider = 'b'") == "C.UTF-8"


def test_the_password_is_needed_and_only_its_owner_can_read_it(data_dir):
    secret = data_dir / "postgres" / "kasparro.password"
    assert secret.stat().st_mode & 0o777 == 0o600
    with embedded.hold(data_dir, settings=FAST) as url:
        assert secret.read_text() in url
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            answer(url.replace(secret.read_text(), "guess"))


def test_the_last_one_out_stops_the_server(data_dir):
    first, second = Holder(data_dir), Holder(data_dir)
    url = first.line()
    assert second.line() == url
    assert first.leave() == 0
    assert embedded.is_running(data_dir)
    assert answer(url) == 1
    assert second.leave() == 0
    assert not embedded.is_running(data_dir)
    assert all_gone(data_dir)


def test_one_process_may_hold_it_twice(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        with embedded.hold(data_dir) as again:
            assert again == url
        assert answer(url) == 1
    assert all_gone(data_dir)


def test_an_error_in_the_body_stops_the_server_and_is_not_changed(data_dir):
    with pytest.raises(FileNotFoundError, match="ours"), embedded.hold(data_dir, settings=FAST):
        raise FileNotFoundError("ours")
    assert all_gone(data_dir)


def test_ten_processes_at_once_on_nothing_end_with_one_server(tmp_path):
    with cleaned_up(tmp_path / "data") as data_dir:
        holders = [Holder(data_dir) for _ in range(10)]
        urls = [holder.line() for holder in holders]
        assert len(set(urls)) == 1
        assert {answer(url) for url in urls} == {1}
        assert (data_dir / "postgres.log").read_text().count("starting PostgreSQL") == 1
        assert [holder.leave() for holder in holders] == [0] * 10
        assert all_gone(data_dir)


def test_coming_and_going_never_leaves_anyone_without_a_server(data_dir):
    script = HOLD.replace("    sys.stdin.readline()", "    import psycopg; psycopg.connect(url)")
    for _ in range(3):
        holders = [Holder(data_dir, script=script) for _ in range(3)]
        assert [holder.leave() for holder in holders] == [0] * 3
    assert all_gone(data_dir)


def test_start_leaves_it_running_and_stop_stops_it(data_dir):
    url = embedded.start(data_dir, settings=FAST)
    assert answer(url) == 1
    assert embedded.is_running(data_dir)
    assert embedded.start(data_dir) == url
    assert embedded.stop(data_dir) is True
    assert embedded.stop(data_dir) is False
    assert not embedded.is_running(data_dir)
    assert all_gone(data_dir)


def test_what_start_started_outlives_the_holders(data_dir):
    url = embedded.start(data_dir, settings=FAST)
    with psycopg.connect(url) as kept:
        with embedded.hold(data_dir) as same:
            assert same == url
        assert kept.execute("select 1").fetchone() == (1,)
    embedded.stop(data_dir)
    with embedded.hold(data_dir, settings=FAST):
        pass
    assert all_gone(data_dir)


def test_asking_about_a_directory_that_is_not_there_makes_nothing(tmp_path):
    assert embedded.is_running(tmp_path / "none") is False
    assert embedded.stop(tmp_path / "none") is False
    assert not (tmp_path / "none").exists()


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
        with cleaned_up(ready_made(data_dir, tmp_path / "copy")) as copy:
            assert not embedded.is_running(copy)
            with embedded.hold(copy, settings=FAST) as other:
                assert other != url
                assert answer(other, "show data_directory") == str(copy / "postgres")
        assert answer(url) == 1


def test_a_port_taken_since_then_gives_way_to_another(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        known = int(url.rpartition(":")[2].partition("/")[0])
    with (
        socket.create_server(("127.0.0.1", known)),
        embedded.hold(data_dir, settings=FAST) as elsewhere,
    ):
        assert elsewhere != url
        assert answer(elsewhere) == 1


def test_ctrl_c_reaches_us_and_not_the_server(data_dir):
    holder = Holder(data_dir, script=CTRL_C_WHILE_HOLDING)
    assert holder.line()
    os.killpg(holder.process.pid, signal.SIGINT)
    assert holder.line() == "still served"
    assert holder.leave() == 0
    assert all_gone(data_dir)


@pytest.mark.parametrize("sign", ["postgres.new/cluster/base", "postgres.log"])
def test_ctrl_c_while_it_starts_leaves_nothing_running(tmp_path, sign):
    with cleaned_up(tmp_path / "data") as data_dir:
        holder = Holder(data_dir)
        wait_until((data_dir / sign).exists)
        assert holder.interrupt() != 0
        wait_until(lambda: all_gone(data_dir), seconds=10)
        with embedded.hold(data_dir, settings=FAST) as url:
            assert answer(url) == 1


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
