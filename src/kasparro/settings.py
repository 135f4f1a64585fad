"""Every setting, read once from the environment and `.env`; a wrong value refuses to start."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kasparro.core.errors import ConfigurationError

PLACEHOLDERS = ("your", "changeme", "change-me", "replace", "example", "placeholder", "xxx", "<")


def default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "kasparro"


class Settings(BaseSettings):
    """Field descriptions become the settings table of the docs and `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", populate_by_name=True
    )

    database_url: str | None = Field(
        None,
        description="PostgreSQL 15 or newer. Unset: an embedded PostgreSQL in the data directory.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        validation_alias=AliasChoices("KASPARRO_DATA_DIR", "data_dir"),
        description="Where the embedded PostgreSQL and our own state live.",
    )
    coinpaprika_api_key: SecretStr | None = Field(
        None, description="Optional: the free plan needs none."
    )
    coingecko_api_key: SecretStr | None = Field(
        None, description="Optional: keyless works, slowly. Demo keys are free."
    )
    coingecko_plan: Literal["demo", "pro"] = Field(
        "demo", description="Which plan COINGECKO_API_KEY belongs to."
    )
    coinpaprika_api_url: str | None = Field(
        None, description="Another host that speaks CoinPaprika v1, with its /v1."
    )
    coingecko_api_url: str | None = Field(
        None, description="Another host that speaks CoinGecko v3, with its /api/v3."
    )
    coingecko_top: int = Field(
        1000, ge=1, le=20_000, description="How many CoinGecko coins to track, by rank."
    )
    csv_path: Path | None = Field(
        None, description="A CSV file or a directory of them. Unset: the shipped sample."
    )
    api_host: str = Field("127.0.0.1", description="Address the API listens on.")
    api_port: int = Field(
        8000,
        ge=0,
        le=65_535,
        validation_alias=AliasChoices("API_PORT", "PORT", "api_port"),
        description="Port the API listens on; PORT is read when API_PORT is unset.",
    )
    admin_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("KASPARRO_ADMIN_KEY", "admin_key"),
        description="Key for what changes state, sent as X-API-Key or Bearer.",
    )
    public_read: bool = Field(
        True,
        validation_alias=AliasChoices("KASPARRO_PUBLIC_READ", "public_read"),
        description="off: reading needs the admin key too.",
    )
    scheduler: bool = Field(
        True,
        validation_alias=AliasChoices("KASPARRO_SCHEDULER", "scheduler"),
        description="off: runs start only when asked for.",
    )
    interval_minutes: int = Field(
        60,
        ge=5,
        le=1440,
        validation_alias=AliasChoices("KASPARRO_INTERVAL_MINUTES", "interval_minutes"),
        description="Minutes between two sweeps of a price stream.",
    )
    source_intervals: Annotated[dict[str, int], NoDecode] = Field(
        default_factory=dict,
        validation_alias=AliasChoices("KASPARRO_SOURCE_INTERVALS", "source_intervals"),
        description="Other intervals for some sources: coinpaprika=15,coingecko=120 (minutes).",
    )
    lease_seconds: int = Field(
        30,
        ge=2,
        le=3600,
        validation_alias=AliasChoices("KASPARRO_LEASE_SECONDS", "lease_seconds"),
        description="How long a silent run keeps its stream to itself.",
    )
    max_wait_seconds: int = Field(
        300,
        ge=0,
        le=86_400,
        validation_alias=AliasChoices("KASPARRO_MAX_WAIT_SECONDS", "max_wait_seconds"),
        description="How long one run may wait, in all, for a source that tells it to slow down.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator(
        "database_url",
        "csv_path",
        "coinpaprika_api_url",
        "coingecko_api_url",
        "coinpaprika_api_key",
        "coingecko_api_key",
        "admin_key",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://; only PostgreSQL is supported")
        return value

    @field_validator("coinpaprika_api_url", "coingecko_api_url")
    @classmethod
    def _http_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value is not None else None

    @field_validator("coinpaprika_api_key", "coingecko_api_key", "admin_key")
    @classmethod
    def _no_placeholder(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = value.get_secret_value()
        if any(mark in text.lower() for mark in PLACEHOLDERS):
            raise ValueError("is a placeholder; set your own key or leave it unset")
        if text != text.strip() or not text.isascii() or not text.isprintable():
            raise ValueError("has spaces or characters a key cannot hold")
        return value

    @field_validator("source_intervals", mode="before")
    @classmethod
    def _parse_intervals(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.split("=", 1) for pair in value.split(",") if pair.strip()]
        if any(len(pair) != 2 or not pair[1].strip().isdigit() for pair in pairs):  # noqa: PLR2004
            raise ValueError("must look like coinpaprika=15,coingecko=120")
        return {name.strip(): int(minutes) for name, minutes in pairs}


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`.

    Raises ConfigurationError naming every wrong setting by its environment name, never its value.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = [
            f"{_environment_name(str(part['loc'][0]))}: {part['msg'].removeprefix('Value error, ')}"
            for part in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise ConfigurationError("; ".join(problems)) from None


def _environment_name(location: str) -> str:
    field = Settings.model_fields.get(location)
    if field is None:
        return location
    return environment_name(location)


def environment_name(field: str) -> str:
    """The name to set in the environment for this field, as documented."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else field.upper()
