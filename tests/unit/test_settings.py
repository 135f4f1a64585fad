"""Settings: a wrong value refuses to start, named by what one would set, without its value."""

from pathlib import Path

import pytest

from kasparro.core.errors import ConfigurationError
from kasparro.settings import load_settings, load_source_settings


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.api_port == 8000
    assert settings.database_url is None
    assert settings.admin_key is None
    assert settings.public_read


@pytest.mark.parametrize(
    "key", ["your-api-key", "CHANGEME", "replace-me", "<key>", "example-key", "xxxxxxxx"]
)
def test_a_placeholder_where_a_key_belongs_is_refused_by_name(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COINGECKO_API_KEY", key)
    with pytest.raises(ConfigurationError, match="COINGECKO_API_KEY: is a placeholder"):
        load_source_settings("coingecko")
    monkeypatch.setenv("KASPARRO_ADMIN_KEY", key)
    with pytest.raises(ConfigurationError, match="KASPARRO_ADMIN_KEY: is a placeholder"):
        load_settings()


@pytest.mark.parametrize(
    "name, value",
    [
        ("API_PORT", "eight thousand"),
        ("API_PORT", "70000"),
        ("DATABASE_URL", "mysql://u:topsecret@h/d"),
        ("KASPARRO_LEASE_SECONDS", "0"),
        ("KASPARRO_PUBLIC_READ", "perhaps"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_named_and_never_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"^{name}: ") as refused:
        load_settings()
    assert "topsecret" not in str(refused.value)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PORT", "x")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(ConfigurationError, match=r"API_PORT.*LOG_LEVEL"):
        load_settings()


def test_port_is_read_when_api_port_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8080")
    assert load_settings().api_port == 8080
    monkeypatch.setenv("API_PORT", "9000")
    assert load_settings().api_port == 9000


def test_a_blank_setting_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "KASPARRO_ADMIN_KEY", "CSV_PATH"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("COINGECKO_API_KEY", "")
    settings = load_settings()
    assert settings.database_url is settings.admin_key is settings.csv_path is None
    assert load_source_settings("coingecko").api_key is None


def test_a_dot_env_file_is_read_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("API_PORT=8100\nLOG_LEVEL=debug\n")
    assert load_settings().api_port == 8100
    assert load_settings().log_level == "DEBUG"
    monkeypatch.setenv("API_PORT", "8200")
    assert load_settings().api_port == 8200


def test_no_representation_of_the_settings_shows_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KASPARRO_ADMIN_KEY", "s3cr3t-admin")
    monkeypatch.setenv("COINGECKO_API_KEY", "CG-s3cr3t")
    assert "s3cr3t" not in repr(load_settings()) + repr(load_source_settings("coingecko"))


def test_a_new_source_has_its_settings_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWCOMER_API_URL", "http://127.0.0.1:9/v1/")
    monkeypatch.setenv("NEWCOMER_INTERVAL_MINUTES", "15")
    own = load_source_settings("newcomer")
    assert (own.api_url, own.interval_minutes) == ("http://127.0.0.1:9/v1", 15)
    monkeypatch.setenv("NEWCOMER_API_URL", "ftp://example")
    with pytest.raises(ConfigurationError, match="NEWCOMER_API_URL: must start with http"):
        load_source_settings("newcomer")
