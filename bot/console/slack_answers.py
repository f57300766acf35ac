"""What Slack says to a token: whether it is good, what it may, and what time it is there."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast

import aiohttp

from bot.console.findings import Finding, ok, problem, warn
from bot.slack.manifest import ESSENTIAL, FURTHER, SCOPES

INSTALL = "install the app again and copy its bot token into SLACK_BOT_TOKEN"
REACH = "check the network, a proxy, and SLACK_API_URL"
_MANIFEST = "take over what `quorum manifest` prints, and install the app again"
_SOCKETS = (
    "make a token with the scope connections:write (Basic Information, App-Level Tokens) and turn "
    "Socket Mode on"
)
_SECONDS = 10  # for an answer
_SKEW = 300  # seconds at which every delivery is refused as too old
_NOTICED = 60  # seconds of skew worth a word


@dataclass(frozen=True)
class Heard:
    """An answer, and when it came."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    at: float

    @property
    def error(self) -> str:
        """Empty for a yes."""
        return "" if self.body.get("ok") is True else str(self.body.get("error", "no reason given"))


async def say(api: str, method: str, token: str) -> Heard | None:
    """None where nothing that makes sense comes back."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.post(f"{api.rstrip('/')}/{method}", headers=headers) as response,
        ):
            body: Any = await response.json(content_type=None)
            fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
            return Heard(fields, response.headers, time.time())
    except (TimeoutError, aiohttp.ClientError, ValueError):
        return None


def silent(api: str, method: str) -> Finding:
    return problem("slack", f"{method} got no answer from {api}", REACH)


def of_bot(heard: Heard, *, remedy: str = INSTALL) -> Iterator[Finding]:
    """What auth.test says to a bot token; *remedy* for one that is not taken."""
    if heard.error:
        yield problem("slack token", f"Slack refuses it: {heard.error}", remedy)
        return
    who = f"{heard.body.get('user', '?')} in {heard.body.get('team', '?')}"
    yield ok("slack token", f"is good: {who}")
    yield from _of_scopes(heard.headers.get("x-oauth-scopes"))


def of_app(heard: Heard) -> Finding:
    """What apps.connections.open says to the app's own token; nothing is connected."""
    if heard.error:
        return problem("slack app token", f"Slack refuses it: {heard.error}", _SOCKETS)
    return ok("slack app token", "is good: Socket Mode is on")


def of_clock(heard: Heard) -> Iterator[Finding]:
    try:
        date = parsedate_to_datetime(heard.headers.get("Date", ""))
    except ValueError:
        return
    skew = abs(date.timestamp() - heard.at)
    note = f"differs from Slack's by {skew:.0f} s"
    if skew >= _SKEW:
        yield problem("clock", f"{note}: every delivery would be refused", "set the clock (NTP)")
    elif skew >= _NOTICED:
        yield warn("clock", note, "set the clock (NTP)")
    else:
        yield ok("clock", note)


def _of_scopes(header: str | None) -> Iterator[Finding]:
    if header is None:
        yield warn("slack scopes", "this server does not tell the token's scopes")
        return
    there = {scope.strip() for scope in header.split(",")} - {""}
    missing, lesser = sorted({*ESSENTIAL} - there), sorted(FURTHER.keys() - there)
    if missing:
        yield problem("slack scopes", f"missing: {', '.join(missing)}", _MANIFEST)
    for scope in lesser:
        yield warn("slack scopes", f"without {scope}, {FURTHER[scope]}", _MANIFEST)
    if more := sorted(there - {*SCOPES}):
        yield warn("slack scopes", f"more than are needed: {', '.join(more)}", _MANIFEST)
    if there == {*SCOPES}:
        yield ok("slack scopes", "those of the manifest")
