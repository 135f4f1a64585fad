"""`make up` makes the secrets that are missing in .env, and touches nothing that is there."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from kasparro.settings import load_settings

ROOT = Path(__file__).parent.parent.parent
NAMES = ("POSTGRES_PASSWORD", "KASPARRO_ADMIN_KEY")


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def make_keys(env: Path) -> str:
    """Run it in the directory of `env`; what it said."""
    made = subprocess.run(
        ["/bin/sh", ROOT / "deploy/docker/secrets.sh"],
        cwd=env.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout + made.stderr


def value(env: Path, name: str) -> str:
    """What the last line that sets it says."""
    return re.findall(rf"^{name}=(.*)$", env.read_text(), re.MULTILINE)[-1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_time_both_are_made_for_their_owner_alone(env: Path) -> None:
    said = make_keys(env)
    assert mode(env) == 0o600
    for name in NAMES:
        assert re.fullmatch(r"[0-9a-f]{48}", value(env, name))
        assert value(env, name) not in said
        assert name in said


def test_no_two_installations_have_the_same(tmp_path: Path) -> None:
    made = set()
    for place in ("one", "other"):
        (tmp_path / place).mkdir()
        make_keys(tmp_path / place / ".env")
        made |= {value(tmp_path / place / ".env", name) for name in NAMES}
    assert len(made) == 4


def test_the_second_time_changes_nothing(env: Path) -> None:
    make_keys(env)
    before = env.read_bytes()
    assert make_keys(env) == ""
    assert env.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        "KASPARRO_ADMIN_KEY=of-my-own",
        "  KASPARRO_ADMIN_KEY = of-my-own",
        "export KASPARRO_ADMIN_KEY='of-my-own'",
    ],
)
def test_what_is_there_stays_and_the_file_becomes_its_owners(env: Path, line: str) -> None:
    env.write_text(f"# mine\nLOG_LEVEL=DEBUG\n{line}")  # no newline at the end
    env.chmod(0o644)
    make_keys(env)
    text = env.read_text()
    assert text.startswith(f"# mine\nLOG_LEVEL=DEBUG\n{line}\nPOSTGRES_PASSWORD=")
    assert text.count("KASPARRO_ADMIN_KEY") == 1
    assert mode(env) == 0o600


@pytest.mark.parametrize(
    "line", ["# POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=", "MY_POSTGRES_PASSWORD=x"]
)
def test_a_comment_a_blank_and_a_longer_name_set_nothing(env: Path, line: str) -> None:
    env.write_text(f"{line}\n")
    make_keys(env)
    assert re.fullmatch(r"[0-9a-f]{48}", value(env, "POSTGRES_PASSWORD"))


def test_the_key_that_is_made_is_one_that_kasparro_takes(
    env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_keys(env)
    monkeypatch.chdir(env.parent)
    for name in (*NAMES, "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    key = load_settings().admin_key
    assert key is not None
    assert key.get_secret_value() == value(env, "KASPARRO_ADMIN_KEY")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to whatever it likes")
def test_a_file_that_cannot_be_written_is_told(env: Path) -> None:
    env.parent.chmod(0o500)
    with pytest.raises(subprocess.CalledProcessError):
        make_keys(env)
