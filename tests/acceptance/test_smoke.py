"""`kasparro smoke` tries what it says, on databases of its own, and fails when it has to."""

import os

import psycopg
import pytest

from support.commands import CommandLine


def databases(server_url: str) -> set[str]:
    with psycopg.connect(server_url) as admin:
        return {row[0] for row in admin.execute("select datname from pg_database")}


@pytest.mark.timeout(1200)
def test_a_worker_that_is_killed_and_all_that_must_hold_after_it(
    kasparro: CommandLine, server_url: str
):
    """The other checks run with `make smoke`; what they judge by is tested by itself."""
    said = kasparro("smoke", "kill", "replay", DATABASE_URL=server_url)
    assert said.code == 0, said.out
    assert [line.split()[0] for line in said.out.splitlines()] == ["passed"] * 3 + ["all"]
    assert said.last_line.startswith("all 3 checks passed")
    assert not {name for name in databases(server_url) if name.startswith("kasparro_scratch")}


def test_a_check_that_fails_is_named_with_its_reason_on_the_last_line(
    kasparro: CommandLine, server_url: str
):
    said = kasparro("smoke", "api", DATABASE_URL=server_url, SSL_CERT_FILE="/nowhere.pem")
    assert said.code == 1
    assert [line.split()[0] for line in said.out.splitlines()] == ["failed", "skipped"]
    assert "1 of 2 checks failed: three sources are ingested: `kasparro ingest`" in said.last_line
    assert said.last_line.endswith("SSL_CERT_DIR cannot be used: No such file or directory")


def test_a_check_that_nobody_knows_is_refused(kasparro: CommandLine):
    said = kasparro("smoke", "everything")
    assert said.code == 1
    assert "no check is called 'everything'; there are ingest, twice, api" in said.last_line


def test_a_user_who_may_make_no_database_is_told_what_to_do(kasparro: CommandLine, server_url: str):
    weak = f"weak_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f"create role {weak} login password 'hush-hush'")
        try:
            there = f"{admin.info.host}:{admin.info.port}/{admin.info.dbname}"
            said = kasparro("smoke", DATABASE_URL=f"postgresql://{weak}:hush-hush@{there}")
        finally:
            admin.execute(f"drop role {weak}")
    assert said.code == 1
    assert f"the user {weak} may not make a database to try things in" in said.last_line
