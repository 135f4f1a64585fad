"""Every setting, read once from the environment and `.env`; a wrong value refuses to start."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
        description="Where the embedded PostgreSQL lives; unset: ~/.local/share/kasparro.",
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
    simulated: bool = Field(
        False,
        validation_alias=AliasChoices("KASPARRO_SIMULATED", "simulated"),
        description="on: the API sources are sandboxes, and everything is marked so.",
    )
    interval_minutes: int = Field(
        60,
        ge=5,
        le=1440,
        validation_alias=AliasChoices("KASPARRO_INTERVAL_MINUTES", "interval_minutes"),
        description="Minutes between two sweeps of a price stream.",
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

    @field_validator("database_url", "csv_path", "admin_key", mode="before")
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://; only PostgreSQL is supported")
        return value

    @field_validator("admin_key")
    @classmethod
    def _usable(cls, value: SecretStr | None) -> SecretStr | None:
        return _real_key(value)


class SourceSettings(BaseSettings):
    """The settings every API source has, read as <SOURCE>_API_KEY and so on."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    api_key: SecretStr | None = Field(None, description="Optional: the free plan needs none.")
    api_url: str | None = Field(
        None, description="Another host that speaks the same API, with its version path."
    )
    plan: str | None = Field(None, description="Which plan the key belongs to.")
    top: int = Field(
        1000, ge=1, le=20_000, description="How many coins to track, by rank, if asked in pages."
    )
    interval_minutes: int | None = Field(
        None, ge=5, le=1440, description="Minutes between two sweeps of its prices."
    )
    scheduler: bool = Field(True, description="off: its runs start only when asked for.")
    retention_days: int | None = Field(
        None, ge=1, le=36_500, description="Days its payloads and prices are kept. Unset: for ever."
    )

    @field_validator(
        "api_key", "api_url", "plan", "interval_minutes", "retention_days", mode="before"
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("api_url")
    @classmethod
    def _http_only(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/") if value is not None else None

    @field_validator("api_key")
    @classmethod
    def _usable(cls, value: SecretStr | None) -> SecretStr | None:
        return _real_key(value)


def _real_key(value: SecretStr | None) -> SecretStr | None:
    if value is None:
        return None
    text = value.get_secret_value()
    if any(mark in text.lower() for mark in PLACEHOLDERS):
        raise ValueError("is a placeholder; set your own key or leave it unset")
    if text != text.strip() or not text.isascii() or not text.isprintable():
        raise ValueError("has spaces or characters a key cannot hold")
    return value


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`.

    Raises ConfigurationError naming every wrong setting by its environment name, never its value.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError(_problems(error, environment_name)) from None


def load_source_settings(source: str) -> SourceSettings:
    """The settings of one API source. Raises ConfigurationError like `load_settings`."""
    prefix = f"{source.upper()}_"
    try:
        return SourceSettings(_env_prefix=prefix)
    except ValidationError as error:
        raise ConfigurationError(_problems(error, lambda name: prefix + name.upper())) from None


def environment_name(field: str) -> str:
    """The name to set in the environment for a field of Settings, as documented."""
    known = Settings.model_fields.get(field)
    alias = known.validation_alias if known is not None else None
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else field.upper()


def _problems(error: ValidationError, name: Callable[[str], str]) -> str:
    return "; ".join(
        f"{name(str(part['loc'][0]))}: {part['msg'].removeprefix('Value error, ')}"
        for part in error.errors(include_url=False, include_input=False, include_context=False)
    )
