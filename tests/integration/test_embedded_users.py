"""The embedded server runs for root and for ordinary users, and changes nobody's directories."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from embedded_rig import FAST, Holder, all_gone, answer, attempt, cleaned_up

from kasparro.core.errors import ConfigurationError
from kasparro.store import embedded
from kasparro.store.embedded.programs import Account, program

NOBODY = pwd.getpwnam("nobody")
NAMELESS_UID = 54_321
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def becoming(uid: int) -> tuple[str, ...]:
    """A command that runs the command after it as this user."""
    return ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")


@cache
def can_use_the_project(uid: int) -> bool:
    """Not where Python or the project lie below a directory that only root may enter."""
    imported = [*becoming(uid), sys.executable, "-c", "import kasparro.store.embedded"]
    run = shutil.which("setpriv") and subprocess.run(imported, capture_output=True, check=False)
    return (
        bool(run)
        and run.returncode == 0
        and Account(uid=uid, gid=uid).can_execute(program("postgres"))
    )


@pytest.fixture
def ordinary() -> tuple[str, ...]:
    if not can_use_the_project(NOBODY.pw_uid):
        pytest.skip("ordinary users cannot reach this checkout or its Python")
    return becoming(NOBODY.pw_uid)


@pytest.fixture
def common() -> Iterator[Path]:
    """A directory like /tmp: anybody may make their own in it."""
    with ExitStack() as last:
        directory = Path(tempfile.mkdtemp())
        last.callback(shutil.rmtree, directory)
        directory.chmod(0o1777)
        for name in ("data", "other"):
            last.enter_context(cleaned_up(directory / name))
        yield directory


def no_namespaces(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A system whose unshare(1) may not do its work."""
    folder.mkdir()
    refusing = folder / "unshare"
    refusing.write_text(
        "#!/bin/sh\necho unshare: unshare failed: Operation not permitted\nexit 1\n"
    )
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def modes_above(path: Path) -> dict[Path, tuple[int, int, int]]:
    found = {parent: parent.stat() for parent in path.parents}
    return {parent: (s.st_mode, s.st_uid, s.st_gid) for parent, s in found.items()}


def owners(data_dir: Path) -> set[int]:
    return {path.stat().st_uid for path in (data_dir, *data_dir.rglob("*"))}


def test_root_below_a_closed_directory_works_and_changes_no_mode_or_owner(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with cleaned_up(closed / "data") as data_dir:
        before = modes_above(data_dir)
        with embedded.hold(data_dir, settings=FAST) as url:
            assert answer(url) == 1
            assert modes_above(data_dir) == before
        assert modes_above(data_dir) == before
        assert owners(data_dir) == {0}


def test_an_ordinary_user_runs_it_as_themselves(common, ordinary):
    holder = Holder(common / "data", prefix=ordinary)
    assert answer(holder.line()) == 1
    assert holder.leave() == 0
    assert owners(common / "data") == {NOBODY.pw_uid}
    assert all_gone(common / "data")


def test_another_user_is_not_disturbed_by_what_root_did(common, ordinary):
    with embedded.hold(common / "data", settings=FAST) as roots:
        theirs = attempt(common / "other", prefix=ordinary)
        assert theirs.startswith("postgresql://")
        assert theirs != roots


def test_another_user_is_told_that_the_directory_is_roots(common, ordinary):
    with embedded.hold(common / "data", settings=FAST):
        pass
    before = modes_above(common / "data" / "postgres" / "base")
    told = attempt(common / "data", prefix=ordinary)
    assert told.startswith("ConfigurationError")
    assert f"{common}/data/postgres.lock: Permission denied" in told
    assert "KASPARRO_DATA_DIR" in told
    assert "DATABASE_URL" in told
    assert modes_above(common / "data" / "postgres" / "base") == before


def test_root_may_use_an_ordinary_users_directory_without_taking_it_away(common, ordinary):
    assert attempt(common / "data", prefix=ordinary).startswith("postgresql://")
    (common / "data" / "postgres.log").unlink()
    with embedded.hold(common / "data", settings=FAST) as url:
        assert answer(url) == 1
    assert owners(common / "data") == {NOBODY.pw_uid}
    assert attempt(common / "data", prefix=ordinary).startswith("postgresql://")


def test_a_user_whose_number_has_no_name_works_where_namespaces_do(common):
    borrowed = ["unshare", "--user", f"--map-user={NOBODY.pw_uid}", "true"]
    nameless = becoming(NAMELESS_UID)
    if not can_use_the_project(NAMELESS_UID) or subprocess.call([*nameless, *borrowed]):
        pytest.skip("this user cannot reach the project, or namespaces are root's alone")
    assert attempt(common / "data", prefix=nameless).startswith("postgresql://")
    assert owners(common / "data") == {NAMELESS_UID}


def test_where_namespaces_are_refused_root_lets_nobody_run_it(
    common, ordinary, tmp_path, monkeypatch
):
    no_namespaces(monkeypatch, tmp_path / "bin")
    for _ in range(2):  # to make it, and to find it made
        with embedded.hold(common / "data", settings=FAST) as url:
            assert answer(url) == 1
    assert owners(common / "data" / "postgres") == {NOBODY.pw_uid}
    assert (common / "data" / "postgres.log").stat().st_uid == 0


def test_where_nobody_can_reach_the_directory_either_root_is_told_which_one_is_closed(
    common, tmp_path, monkeypatch
):
    no_namespaces(monkeypatch, tmp_path / "bin")
    closed = common / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as refused:
        embedded.start(closed / "data", settings=FAST)
    assert str(closed) in str(refused.value)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not (closed / "data" / "postgres").exists()


def test_root_makes_the_cluster_of_an_ordinary_users_directory_for_that_user(common, ordinary):
    (common / "data").mkdir()
    os.chown(common / "data", NOBODY.pw_uid, NOBODY.pw_gid)
    with embedded.hold(common / "data", settings=FAST) as url:
        assert answer(url) == 1
    assert owners(common / "data") == {NOBODY.pw_uid}


def test_root_below_another_users_closed_directory_runs_it_as_that_user(common):
    somebody = next(user for user in pwd.getpwall() if user.pw_uid not in {0, NOBODY.pw_uid})
    if not can_use_the_project(somebody.pw_uid):
        pytest.skip("ordinary users cannot reach this checkout or its Python")
    theirs = common / "other"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, somebody.pw_uid, somebody.pw_gid)
    with cleaned_up(theirs / "data"), embedded.hold(theirs / "data", settings=FAST) as url:
        assert answer(url) == 1
        assert owners(theirs / "data" / "postgres") == {somebody.pw_uid}
    assert theirs.stat().st_mode & 0o777 == 0o700
