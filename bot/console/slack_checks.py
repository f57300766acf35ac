"""Is all there that Slack needs of us, has it the right form, and does Slack take it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.console import installed_checks, slack_answers
from bot.console.findings import Finding, ok, problem, warn
from bot.console.slack_answers import INSTALL
from bot.settings import Settings, plain
from bot.store.vault import BadKey, Vault

__all__ = ["BROKEN", "COPY", "INSTALL", "check_slack", "is_token", "missing"]

#: What is wrong and what to do, for a token that cannot be one.
BROKEN = "SLACK_BOT_TOKEN holds characters that no token has"
COPY = "copy the whole bot token (xoxb-…) into .env or the environment"

_WHERE = {
    "SLACK_SIGNING_SECRET": "Basic Information in the app's settings",
    "SLACK_BOT_TOKEN": "the xoxb-… under OAuth & Permissions in the app's settings",
    "SLACK_CLIENT_SECRET": "Basic Information in the app's settings",
    "QUORUM_SECRET_KEY": "it encrypts the tokens of the workspaces",
    "QUORUM_URL": "the public https:// address of the bot",
}
_SECRET = re.compile(r"[0-9a-f]{32}")
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def missing(settings: Settings) -> list[str]:
    """Which settings are not there that nothing goes without; there may be several secrets."""
    wanted = {"SLACK_BOT_TOKEN": plain(settings.slack_bot_token)}
    if settings.by_oauth:
        wanted = {
            "SLACK_CLIENT_SECRET": plain(settings.slack_client_secret),
            "QUORUM_SECRET_KEY": plain(settings.quorum_secret_key),
            "QUORUM_URL": settings.quorum_url,
        }
    if not plain(settings.slack_app_token):
        wanted["SLACK_SIGNING_SECRET"] = "".join(_secrets(settings))
    return [name for name, value in wanted.items() if not value]


def is_token(settings: Settings) -> bool:
    """Whether the bot's token could be one: it travels in a header."""
    return _can_travel(plain(settings.slack_bot_token) or "")


async def check_slack(settings: Settings) -> list[Finding]:
    """Asks nothing where nothing is set: the console and the demo work without Slack."""
    if not any(
        (
            settings.slack_bot_token,
            settings.slack_signing_secret,
            settings.slack_app_token,
            settings.slack_client_id,
        )
    ):
        note = "not set up; the console and the demo work without"
        return [warn("slack", note, "see `quorum manifest --help`")]
    findings = [*_forms(settings), *await _app(settings)]
    if settings.by_oauth:
        return [*findings, *await installed_checks.check(settings)]
    return [*findings, *await _bot(settings)]


def _forms(settings: Settings) -> Iterator[Finding]:
    """What can be seen without asking anybody."""
    for name in missing(settings):
        kind = "slack token" if name == "SLACK_BOT_TOKEN" else "slack secret"
        kind = {"QUORUM_SECRET_KEY": "secret key", "QUORUM_URL": "address"}.get(name, kind)
        yield problem(kind, f"{name} is not set", f"set {name}: {_WHERE[name]}")
    if secrets := _secrets(settings):
        yield _of_secrets(secrets)
    if key := settings.quorum_secret_key:
        yield from _of_key(key)
    if settings.quorum_url:
        yield _of_address(settings.quorum_url)
    if settings.slack_client_id and not settings.by_oauth:
        note = "SLACK_CLIENT_ID is not used: SLACK_BOT_TOKEN is set"
        yield warn("slack oauth", note, "unset one of them")


def _of_secrets(secrets: list[str]) -> Finding:
    if all(map(_SECRET.fullmatch, secrets)):
        return ok("slack secret", "has the form of Slack's")
    note = "SLACK_SIGNING_SECRET has not the form of Slack's: 32 characters, 0-9 and a-f"
    return warn("slack secret", note, "copy it from Basic Information in the app's settings")


def _of_key(key: SecretStr) -> Iterator[Finding]:
    if not key.get_secret_value().strip():
        return
    try:
        Vault(key)
    except BadKey as err:
        said, _, remedy = str(err).rstrip(".").partition(": ")
        yield problem("secret key", said, remedy)
    else:
        yield ok("secret key", "has the right form")


def _of_address(url: str) -> Finding:
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        return problem("address", "QUORUM_URL has a ? or a #", "give the bare address")
    if parts.scheme == "https":
        return ok("address", "is one that Slack can come to")
    if parts.hostname in _LOCAL:
        return warn("address", "QUORUM_URL is of this machine", "good for trying things only")
    return problem("address", "QUORUM_URL has no https://", "Slack comes over TLS only")


async def _app(settings: Settings) -> list[Finding]:
    token = plain(settings.slack_app_token)
    if token is None:
        return []
    if not _can_travel(token) or token.startswith(("xoxb-", "xoxp-")):
        note = "SLACK_APP_TOKEN is no app-level token"
        return [problem("slack app token", note, "copy the whole xapp-… token")]
    method = "apps.connections.open"
    heard = await slack_answers.say(settings.slack_api_url, method, token)
    if heard is None:
        return [slack_answers.silent(settings.slack_api_url, method)]
    return [slack_answers.of_app(heard)]


async def _bot(settings: Settings) -> list[Finding]:
    token = plain(settings.slack_bot_token)
    if token is None:
        return []
    if not is_token(settings):
        return [problem("slack token", BROKEN, COPY)]
    if token.startswith(("xoxp-", "xapp-")):
        return [problem("slack token", "SLACK_BOT_TOKEN is no bot token", COPY)]
    heard = await slack_answers.say(settings.slack_api_url, "auth.test", token)
    if heard is None:
        return [slack_answers.silent(settings.slack_api_url, "auth.test")]
    return [*_of_rotation(token), *slack_answers.of_bot(heard), *slack_answers.of_clock(heard)]


def _of_rotation(token: str) -> Iterator[Finding]:
    if token.startswith("xoxe"):
        note = "the app rotates tokens: SLACK_BOT_TOKEN ends within 12 hours, and nothing renews it"
        remedy = "let the workspace install the app through the bot (SLACK_CLIENT_ID), or make an "
        yield problem("slack token", note, f"{remedy}app without token rotation")


def _secrets(settings: Settings) -> list[str]:
    secrets = (plain(settings.slack_signing_secret) or "").split(",")
    return [secret for each in secrets if (secret := each.strip())]


def _can_travel(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token
