"""The Makefile: every command that was asked for, and plain words where Docker is not there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ASKED_FOR = {
    *("up", "down", "restart", "ps", "logs", "logs-api", "logs-etl", "build", "rebuild"),
    *("test", "test-local", "clean", "init-db", "run-etl", "shell", "shell-db", "backup-db"),
    "help",
}
NO_ENGINE = '[ "$1" = compose ] && echo v2.24.0'


def make(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    return subprocess.run(
        ["make", *words],  # noqa: S607  the one of whoever runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def docker_that(directory: Path, script: str | None) -> dict[str, str]:
    """An environment whose only program is a `docker` that does this; without one for None."""
    directory.mkdir(exist_ok=True)
    if script is not None:
        (directory / "docker").write_text(f"#!/bin/sh\n{script}\n")
        (directory / "docker").chmod(0o755)
    return {"PATH": str(directory)}


def test_every_command_that_was_asked_for_is_there_and_in_the_help() -> None:
    listed = re.findall(r"^  make ([\w-]+) +\S", make("help").stdout, re.MULTILINE)
    assert set(listed) >= ASKED_FOR
    assert len(listed) == len(set(listed))
    rehearsed = make("--dry-run", *listed)
    assert rehearsed.returncode == 0, rehearsed.stderr


def test_every_command_that_was_asked_for_has_a_plain_one_beside_it_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    rows = dict(re.findall(r"^\| `make ([\w-]+)` \| `(.+?)`", readme, re.MULTILINE))
    assert rows.keys() >= ASKED_FOR


@pytest.mark.parametrize("target", ["clean", "down", "restart", "rebuild", "init-db"])
def test_no_command_takes_data_away(target: str) -> None:
    commands = make("--dry-run", target).stdout
    assert not re.search(r"--volumes|\s-v\b|drop|backups|\.env|\.local|prune\b.*volume", commands)


@pytest.mark.parametrize(
    "script, told",
    [
        (None, "docker is not installed: install Docker Engine with compose, or use make run"),
        ('[ "$1" != compose ]', "docker has no compose plugin: install docker-compose-plugin"),
        ("echo 2.23.3", "docker compose 2.23.3 is too old: install docker-compose-plugin 2.24"),
        ("echo v1.29.2", "docker compose v1.29.2 is too old: install docker-compose-plugin 2.24"),
        (NO_ENGINE, "no Docker engine answers: start it (systemctl start docker)"),
    ],
    ids=["no docker", "no compose", "old compose", "oldest compose", "no engine"],
)
def test_what_is_in_the_way_of_docker_is_told_in_one_line(
    tmp_path: Path, script: str | None, told: str
) -> None:
    said = subprocess.run(
        ["/bin/sh", ROOT / "deploy/docker/engine.sh"],
        env=docker_that(tmp_path / "bin", script),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert said.stderr.startswith(f"kasparro: {told}")
    assert said.stderr.count("\n") == 1


def test_where_no_engine_runs_the_check_says_why_it_is_skipped(tmp_path: Path) -> None:
    environment = docker_that(tmp_path / "bin", NO_ENGINE)
    for program in ("bash", "dirname", "sh"):
        (tmp_path / "bin" / program).symlink_to(str(shutil.which(program)))
    said = subprocess.run(
        ["bash", ROOT / "deploy/docker/check.sh"],  # noqa: S607  of the PATH above
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("docker-check was skipped: no Docker engine answers: ")


@pytest.mark.parametrize("compose", ["2.24.0", "v2.26.1-4", "3.0.0", "5.1.2"])
def test_where_docker_is_all_there_nothing_is_said(tmp_path: Path, compose: str) -> None:
    said = subprocess.run(
        ["/bin/sh", ROOT / "deploy/docker/engine.sh"],
        env=docker_that(tmp_path / "bin", f"echo {compose}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
