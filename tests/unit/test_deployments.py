"""The files that put us into a cloud, held against the code: what they name is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from kasparro import __version__
from kasparro.api.app import ApiSettings, create_app
from kasparro.cli.app import app as commands
from kasparro.ingestion.sources import BY_NAME
from kasparro.settings import Settings, SourceSettings, environment_name
from kasparro.store.reading.database import Database
from support.deployments import DEPLOY, ROOT, Terraform, logged_events

CLOUDS = ("aws", "gcp")
FILES = [
    *(file for cloud in CLOUDS for file in sorted((DEPLOY / cloud).glob("*.tf*"))),
    ROOT / "render.yaml",
]
OURS = re.compile(r"\b(?:API|COINGECKO|COINPAPRIKA|CSV|DATABASE|KASPARRO|LOG)_[A-Z_]+\b")
PLACE = "/opt/kasparro/bin"
RENDER: dict[str, Any] = yaml.safe_load((ROOT / "render.yaml").read_text())


@pytest.fixture(params=CLOUDS)
def terraform(request: pytest.FixtureRequest) -> Terraform:
    return Terraform(request.param)


def settings() -> set[str]:
    own = {environment_name(name) for name in Settings.model_fields}
    return own | {
        f"{name.upper()}_{field.upper()}"
        for name, source in BY_NAME.items()
        if source.plans
        for field in SourceSettings.model_fields
    }


def understood(arguments: list[str]) -> None:
    """Raises where our command line would not take these arguments."""
    command: Any = typer.main.get_command(commands)
    context = command.make_context("kasparro", list(arguments), resilient_parsing=True)
    name, found, rest = command.resolve_command(context, list(arguments))
    found.make_context(name, rest, parent=context)


def test_every_reference_leads_to_something_declared(terraform: Terraform):
    assert terraform.referred() - terraform.declared() == set()
    assert len(terraform.referred()) > 40


def test_every_variable_is_explained_and_used(terraform: Terraform):
    for name, body in terraform.variables().items():
        assert body["description"], name
        assert ("var", name) in terraform.referred(), f"{name} changes nothing"


def test_the_example_sets_what_must_be_set_and_nothing_unknown(terraform: Terraform):
    example = (terraform.folder / "terraform.tfvars.example").read_text()
    set_there = set(re.findall(r"^(\w+) +=", example, re.MULTILINE))
    shown = set(re.findall(r"^(?:# )?(\w+) +=", example, re.MULTILINE))
    variables = terraform.variables()
    assert set_there == {name for name, body in variables.items() if "default" not in body}
    assert shown <= variables.keys()


def test_no_secret_is_a_variable_and_none_is_kept_but_the_one_that_is_told_of(
    terraform: Terraform,
):
    assert not {name for name in terraform.variables() if re.search("password|_key$", name)}
    kept = [
        name
        for _, name, body in terraform.resources()
        if {"password", "secret_string", "secret_data"} & body.keys()
    ]
    assert kept == (["scheduler_key"] if terraform.folder.name == "gcp" else [])


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_setting_it_names_is_one_of_ours(file: Path):
    assert set(OURS.findall(file.read_text())) <= settings()


def test_every_command_it_runs_is_one_of_ours(terraform: Terraform):
    lists = re.findall(r"\b(?:command|args) *= *\[(.*?)\]", terraform.text)
    named = [re.findall(r'"(.*?)"', items) for items in lists]
    own = [arguments for arguments in named if arguments != ["kasparro"]]
    assert len(own) >= 3
    for arguments in own:
        understood(arguments)


def test_every_event_it_counts_is_one_we_log(terraform: Terraform):
    counted = set(re.findall(r'event ?= ?\\"(.*?)\\"', terraform.text))
    assert {"run over", "waiting"} <= counted
    assert counted <= logged_events()


def test_every_path_it_asks_for_is_one_we_answer(terraform: Terraform):
    api = create_app(
        sources=[],
        settings=ApiSettings(public_read=True, admin_key=None, version=__version__),
        database=Database(),
    ).openapi()
    asked = re.findall(r'path *= *"(/.*?)"', terraform.text)
    assert "/health" in asked
    for path, _, query in (one.partition("?") for one in asked):
        operations = api["paths"][path]
        known = {one["name"] for op in operations.values() for one in op.get("parameters", [])}
        assert {pair.partition("=")[0] for pair in query.split("&") if pair} <= known


def test_render_runs_an_api_and_a_worker_on_one_database_that_nobody_else_reaches():
    (database,) = RENDER["databases"]
    assert database["ipAllowList"] == []
    assert int(database["postgresMajorVersion"]) >= 15
    started = {service["type"]: service for service in RENDER["services"]}
    assert started.keys() == {"web", "worker"}
    for service in started.values():
        program, *arguments = service["dockerCommand"].split()
        assert program == f"{PLACE}/kasparro"
        understood(arguments)
        (url,) = (one for one in service["envVars"] if one.get("key") == "DATABASE_URL")
        assert url["fromDatabase"] == {"name": database["name"], "property": "connectionString"}
    assert started["web"]["healthCheckPath"] == "/health"


def test_the_image_has_the_program_where_render_looks_for_it_and_takes_its_port():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"PATH={PLACE}:" in dockerfile
    assert "API_PORT=" not in dockerfile, "it would outrank the platform's PORT"


def test_render_makes_or_asks_for_every_secret():
    variables = [one for group in RENDER["envVarGroups"] for one in group["envVars"]]
    variables += [one for service in RENDER["services"] for one in service["envVars"]]
    secret = [one for one in variables if one.get("key", "").endswith("_KEY")]
    assert len(secret) == 3
    assert all(one.get("generateValue") or one.get("sync") is False for one in secret)
    assert not any("value" in one for one in secret)
