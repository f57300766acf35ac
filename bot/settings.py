"""The only reader of the environment, and of `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.runs.limits import KEEP_DAYS_MOST
from bot.runs.money import Cap, Caps, read_cap
from bot.runs.workspace import ResultShown


def _cap(value: object) -> object:
    return read_cap(value) if isinstance(value, str) else value


#: Not JSON, but what `read_cap` reads.
_Cap = Annotated[Cap, NoDecode, BeforeValidator(_cap)]
_PerhapsCap = Annotated[Cap | None, NoDecode, BeforeValidator(_cap)]

_SWITCH = frozenset({"on", "off", "true", "false", "1", "0", "yes", "no"})


class Settings(BaseSettings):
    """Seconds are wall-clock seconds; README has a line on every setting."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    database_url: str = "sqlite+aiosqlite:///quorum.db"
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)

    quorum_url: str | None = None
    quorum_secret_key: SecretStr | None = None
    quorum_keep_days: int = Field(default=30, ge=1, le=KEEP_DAYS_MOST)
    quorum_model: str | None = None
    quorum_web_search: bool = False
    quorum_simulated_pace: float = Field(default=1, ge=0)
    quorum_max_concurrency: int = Field(default=8, ge=1)
    quorum_max_calls: int = Field(default=32, ge=1)
    quorum_rpm: float | None = Field(default=None, gt=0)
    quorum_tpm: float | None = Field(default=None, gt=0)
    quorum_most_output: int = Field(default=8_000, ge=1)
    quorum_hedge: bool = True
    quorum_attempt_seconds: float = Field(default=45, gt=0)
    quorum_branch_seconds: float = Field(default=120, gt=0)
    quorum_run_seconds: float = Field(default=600, gt=0)
    quorum_reading_seconds: float = Field(default=3_600, gt=0)
    quorum_slack_pace: float = Field(default=1, gt=0)
    quorum_cap_run: _PerhapsCap = None
    quorum_cap_person_day: _Cap = Caps().person_day
    quorum_cap_workspace_month: _Cap = Caps().workspace_month
    quorum_prices: Path | None = None
    quorum_keep_answers_days: int = Field(default=7, ge=0)
    quorum_metrics_token: SecretStr | None = None
    quorum_result: ResultShown = ResultShown.BOTH
    quorum_broadcast_after: float = Field(default=20, ge=0)
    quorum_log: str = "INFO"

    @property
    def by_oauth(self) -> bool:
        """Many workspaces install the app themselves, rather than one whose token is set."""
        return bool(self.slack_client_id and not plain(self.slack_bot_token))

    @field_validator("quorum_web_search", mode="before")
    @classmethod
    def _is_on_or_off(cls, value: object) -> object:
        if isinstance(value, str) and value.strip().casefold() not in _SWITCH:
            raise ValueError("must be on or off")
        return value.strip() if isinstance(value, str) else value

    @field_validator("slack_api_url", "quorum_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = value.strip()
        try:
            parts = urlsplit(address)
            named = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            named = False
        if not named:
            raise ValueError("must begin with http:// or https:// and name a host")
        return address


class BadSettings(Exception):
    """One line a wrong setting, for who starts the program."""


def plain(secret: SecretStr | None) -> str | None:
    """The secret itself, for the room that needs it; None for blanks."""
    return secret.get_secret_value().strip() or None if secret else None


def load(**overrides: Any) -> Settings:
    """From *overrides*, the environment, `.env`; raises `BadSettings` with what is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as err:
        lines = [
            f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in err.errors()
        ]
        raise BadSettings("\n".join(lines)) from err
    except UnicodeDecodeError as err:
        raise BadSettings(".env is no UTF-8 text: save it as UTF-8, or move it away.") from err
    except OSError as err:
        raise BadSettings(f".env cannot be read: {err.strerror}.") from err
