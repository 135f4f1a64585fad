"""What the hosting runs for us: least rights, an end to everything, and only what is there."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, Any] = {file.stem: yaml.safe_load(file.read_text()) for file in FILES}
JOBS = {
    f"{workflow}/{name}": job
    for workflow, content in WORKFLOWS.items()
    for name, job in content["jobs"].items()
}
MAY_WRITE = {
    "release/packages": {"contents", "id-token", "attestations"},
    "release/image": {"packages", "id-token", "attestations"},
}


def commands(job: dict[str, Any]) -> str:
    """Every line the job's steps run."""
    return "\n".join(step.get("run", "") for step in job.get("steps", []))


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_starts_with_no_rights_and_one_of_its_kind_runs_at_a_time(workflow: str):
    content = WORKFLOWS[workflow]
    assert content["permissions"] == {}
    assert content["concurrency"]["group"]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_names_its_rights_and_may_write_only_what_its_work_is(name: str):
    rights = JOBS[name]["permissions"]
    assert {right for right, may in rights.items() if may == "write"} == MAY_WRITE.get(name, set())


@pytest.mark.parametrize("name", [name for name, job in JOBS.items() if "uses" not in job])
def test_a_job_ends_by_itself_and_leaves_no_credential_in_its_checkout(name: str):
    job = JOBS[name]
    assert job["timeout-minutes"] <= 60
    for step in job["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_every_supported_python_runs_the_whole_suite():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=")
    pythons = JOBS["ci/embedded"]["strategy"]["matrix"]["python"]
    assert pythons[0] == oldest
    minors = [int(version.partition(".")[2]) for version in pythons]
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_every_supported_postgresql_runs_the_whole_suite():
    service = JOBS["ci/service"]
    versions = [int(version) for version in service["strategy"]["matrix"]["postgres"]]
    assert versions == list(range(15, versions[-1] + 1))
    assert "KASPARRO_TEST_DATABASE_URL" in service["env"]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_calls_only_make_targets_and_scripts_that_are_there(name: str):
    makefile = (ROOT / "Makefile").read_text()
    for line in re.findall(r"make ((?:[a-z-]+ ?)+)", commands(JOBS[name])):
        for target in line.split():
            assert f"\n{target}:" in makefile, f"{name}: there is no make {target}"
    for script in re.findall(r"\.ci/[\w-]+", commands(JOBS[name])):
        assert os.access(ROOT / script, os.X_OK), f"{name}: {script} is no program"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_key_but_the_one_of_the_run_itself_is_needed(file: Path):
    assert "secrets." not in file.read_text()


def test_a_release_passes_the_whole_ci_first():
    release = WORKFLOWS["release"]["jobs"]
    assert release["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert all(job["needs"] == "ci" for name, job in release.items() if name != "ci")
