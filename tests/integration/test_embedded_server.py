"""The embedded server lives as long as somebody needs it, wherever its directory lies."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_rig import FAST, HOLD, Holder, all_gone, answer, cleaned_up, ready_made

from kasparro.store import embedded


@pytest.fixture
def data_dir(tmp_path_factory, tmp_path) -> Iterator[Path]:
    with ready_made(tmp_path_factory, tmp_path / "data") as path:
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


def test_a_very_long_path_works(tmp_path):
    deep = tmp_path.joinpath(*["d" * 150] * 5)
    with cleaned_up(deep), embedded.hold(deep, settings=FAST) as url:
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


def test_a_port_taken_since_then_gives_way_to_another(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        known = int(url.rpartition(":")[2].partition("/")[0])
    with (
        socket.create_server(("127.0.0.1", known)),
        embedded.hold(data_dir, settings=FAST) as elsewhere,
    ):
        assert elsewhere != url
        assert answer(elsewhere) == 1


def test_a_port_taken_between_choosing_it_and_starting_gives_way_to_another(data_dir, monkeypatch):
    (data_dir / "postgres.server").unlink()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answers = [taken.dup()]  # what the system may give us when we ask it for a free port
        ask = socket.create_server
        monkeypatch.setattr(
            socket,
            "create_server",
            lambda address: answers.pop() if answers and address[1] == 0 else ask(address),
        )
        with embedded.hold(data_dir, settings=FAST) as url:
            assert answer(url) == 1
    assert not answers
