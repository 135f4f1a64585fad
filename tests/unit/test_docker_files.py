"""The Dockerfile and the compose file: what can be said of them without an engine."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from kasparro.settings import Settings, environment_name

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRET = re.compile(r"PASSWORD|KEY|SECRET|TOKEN")


def instructions(name: str) -> list[str]:
    """The arguments of every instruction of this name, lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name}\s+(.*)$", joined, re.MULTILINE)


def test_no_secret_has_a_default_in_the_compose_file() -> None:
    variables = re.findall(r"\$\{(\w+)(:?[-?+]?)", COMPOSE_TEXT)
    secrets = {name: how for name, how in variables if SECRET.search(name)}
    assert secrets == {"POSTGRES_PASSWORD": ":?", "KASPARRO_ADMIN_KEY": ":?"}


def test_secrets_come_from_variables_only() -> None:
    for name, service in SERVICES.items():
        for variable, value in service["environment"].items():
            if SECRET.search(variable):
                assert value.startswith("${"), f"{name} has {variable} written out"


def test_nothing_but_the_api_is_published_and_that_to_this_machine_unless_told_otherwise() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api": ["${API_HOST:-127.0.0.1}:${API_PORT:-8000}:8000"]}


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_kept_small_and_without_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_what_our_containers_are_told_are_settings_of_ours() -> None:
    ours = {environment_name(name) for name in Settings.model_fields}
    for name in ("api", "worker"):
        assert SERVICES[name]["environment"].keys() - {"PGPASSWORD"} <= ours


def test_our_containers_read_the_password_that_postgresql_is_given() -> None:
    given = SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert SERVICES["api"]["environment"]["PGPASSWORD"] == given
    assert SERVICES["worker"]["environment"]["PGPASSWORD"] == given


def test_the_api_does_not_wait_for_the_database_to_be_ready() -> None:
    assert SERVICES["api"]["depends_on"]["postgres"]["condition"] == "service_started"


def test_every_base_image_is_an_argument() -> None:
    bases = instructions("FROM")
    assert len(bases) >= 2
    assert {base.split()[0] for base in bases} == {"${PYTHON_IMAGE}"}


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    user = instructions("USER")[-1]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_no_secret_is_built_into_the_image() -> None:
    for line in [*instructions("ENV"), *instructions("ARG"), *instructions("LABEL")]:
        assert not SECRET.search(line)


def test_what_is_installed_from_an_index_is_held_to_its_hash() -> None:
    installs = [
        part
        for run in instructions("RUN")
        for part in run.split("&&")
        if re.search(r"\bpip\b.*\b(install|wheel|download)\b", part)
    ]
    assert len(installs) == 4
    for command in installs:
        assert "--require-hashes" in command or "--no-index" in command, command


def test_what_the_image_is_built_from_is_there_and_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_through = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source
        for line in instructions("COPY")
        if "--from" not in line
        for source in [word for word in shlex.split(line) if not word.startswith("--")][:-1]
    }
    assert copied == let_through, "what is let through and not copied only slows the build down"
    assert "*" in ignored
    for source in copied:
        assert (ROOT / source).exists(), source
