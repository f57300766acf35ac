"""Does Slack know our token, are its scopes enough, and do our clocks agree?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast

import aiohttp

from bot.console.findings import Finding, ok, problem, warn
from bot.settings import Settings, plain

#: What the app cannot do without; the manifest asks for them.
SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:write",
        "users:read",
    }
)
#: What is wrong and what to do, for a token that cannot be one, …
BROKEN = "SLACK_BOT_TOKEN holds characters that no token has"
COPY = "copy the whole bot token (xoxb-…) into .env or the environment"
#: … one that Slack does not take, and a Slack that does not answer.
INSTALL = "install the app again and copy its bot token into SLACK_BOT_TOKEN"
REACH = "check the network, a proxy, and SLACK_API_URL"
_SECONDS = 10  # for the answer to auth.test
_SKEW = 300  # seconds at which every delivery is refused as too old
_NOTICED = 30  # seconds of skew worth a word


@dataclass(frozen=True)
class _Heard:
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: float


def missing(settings: Settings) -> list[str]:
    """Which of the two are not there that nothing goes without; there may be several secrets."""
    secrets = (plain(settings.slack_signing_secret) or "").split(",")
    there = {
        "SLACK_BOT_TOKEN": plain(settings.slack_bot_token) is not None,
        "SLACK_SIGNING_SECRET": any(map(str.strip, secrets)),
    }
    return [name for name, is_there in there.items() if not is_there]


def is_token(settings: Settings) -> bool:
    """Whether the bot's token could be one: it travels in a header."""
    token = plain(settings.slack_bot_token) or ""
    return token.isascii() and token.isprintable() and " " not in token


async def check_slack(settings: Settings) -> list[Finding]:
    """Asks nothing where nothing is set: the console and the demo work without Slack."""
    token, absent = plain(settings.slack_bot_token), missing(settings)
    if settings.slack_bot_token is None and settings.slack_signing_secret is None:
        return [
            warn("slack", "not set up; the console and the demo work without", "see manifest.json")
        ]
    findings: list[Finding] = []
    if "SLACK_SIGNING_SECRET" in absent:
        remedy = "set SLACK_SIGNING_SECRET: Basic Information in the app's settings"
        findings.append(problem("slack secret", "SLACK_SIGNING_SECRET is not set", remedy))
    if token is None:
        remedy = "set SLACK_BOT_TOKEN (xoxb-…): OAuth & Permissions in the app's settings"
        return [*findings, problem("slack token", "SLACK_BOT_TOKEN is not set", remedy)]
    if not is_token(settings):
        return [*findings, problem("slack token", BROKEN, COPY)]
    heard = await _auth_test(settings.slack_api_url, token)
    if heard is None:
        note = f"auth.test got no answer from {settings.slack_api_url}"
        return [*findings, problem("slack", note, REACH)]
    return [*findings, *_judged(heard)]


async def _auth_test(api: str, token: str) -> _Heard | None:
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.post(f"{api.rstrip('/')}/auth.test", headers=headers) as response,
        ):
            body: Any = await response.json(content_type=None)
            fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
            return _Heard(fields, response.headers, time.time())
    except (TimeoutError, aiohttp.ClientError, ValueError):
        return None


def _judged(heard: _Heard) -> Iterator[Finding]:
    if heard.body.get("ok") is True:
        who = f"{heard.body.get('user', '?')} in {heard.body.get('team', '?')}"
        yield ok("slack token", f"is good: {who}")
        yield from _scopes(heard.headers.get("x-oauth-scopes"))
    else:
        error = str(heard.body.get("error", "no reason given"))
        yield problem("slack token", f"Slack refuses it: {error}", INSTALL)
    yield from _clock(heard.headers.get("Date"), heard.at)


def _scopes(header: str | None) -> Iterator[Finding]:
    if header is None:
        yield warn("slack scopes", "this server does not tell the token's scopes")
        return
    missing = SCOPES - {scope.strip() for scope in header.split(",")}
    if missing:
        remedy = "add them to the app (manifest.json has all) and install it again"
        yield problem("slack scopes", f"missing: {', '.join(sorted(missing))}", remedy)
    else:
        yield ok("slack scopes", "all that are needed")


def _clock(date: str | None, now: float) -> Iterator[Finding]:
    try:
        skew = abs(parsedate_to_datetime(date or "").timestamp() - now)
    except ValueError:
        return
    note = f"differs from Slack's by {skew:.0f} s"
    if skew >= _SKEW:
        yield problem("clock", f"{note}: every delivery would be refused", "set the clock (NTP)")
    elif skew >= _NOTICED:
        yield warn("clock", note, "set the clock (NTP)")
    else:
        yield ok("clock", note)
