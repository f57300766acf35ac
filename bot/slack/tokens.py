"""Tokens of the workspaces that installed the app: read anew, and renewed before they end."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr, ValidationError

from bot.runs.workspace import Installation, Installations
from bot.slack.client import SlackClient
from bot.slack.errors import NoEntry, RateLimited, SlackError, Unavailable, Unheard
from bot.slack.wire import Granted
from bot.slack.workspaces import NOT_INSTALLED

log = logging.getLogger(__name__)

GRANT = "oauth.v2.access"
#: A rotating token lives twelve hours; that much of it is left when it is renewed.
RENEWED_BEFORE = timedelta(hours=2)
#: How long an installation is taken for what the database said: a changed token needs no restart.
HELD = timedelta(seconds=30)
#: After a failure, while the old token is still good.
PATIENCE = timedelta(minutes=1)
#: Another process that renews the same token has so long to write it down.
LOOKS = 3
LOOK_PAUSE = 1.0  # seconds
KEPT_MOST = 1_000


@dataclass(frozen=True)
class AppSecret:
    """What the app itself is known by to Slack."""

    client_id: str
    client_secret: SecretStr


async def granted(line: SlackClient, app: AppSecret, **asked: str) -> Granted:
    """Raises `SlackError`, whose text holds neither code nor token."""
    known = {"client_id": app.client_id, "client_secret": app.client_secret.get_secret_value()}
    answer = await line.grant(GRANT, {**known, **asked})
    try:
        return Granted.model_validate(answer)
    except ValidationError:
        raise Unavailable(GRANT, "unreadable_answer") from None


def ends(granted: Granted, now: datetime) -> datetime | None:
    """When its token does; None for one that is not rotated."""
    return None if granted.expires_in is None else now + timedelta(seconds=granted.expires_in)


@dataclass
class _Held:
    """What is known of one installation, and since when."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    installation: Installation | None = None
    read_at: datetime | None = None
    not_before: datetime | None = None
    unwritten: tuple[Installation, Installation] | None = None
    asking: tuple[SecretStr, asyncio.Future[Granted]] | None = None


class Tokens:
    """
    The token of the moment, by team and organisation.

    A new pair is written down before it is used, and kept in memory until it is. Where the
    process ends between Slack's answer and that, the workspace has to install the app again: a
    refresh token is good once.
    """

    def __init__(
        self,
        installations: Installations,
        line: SlackClient,
        app: AppSecret,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._installations = installations
        self._line = line
        self._app = app
        self._now = now
        self._sleep = sleep
        self._held: OrderedDict[tuple[str, str], _Held] = OrderedDict()

    async def of(self, team: str, enterprise: str = "") -> str:
        """Raises `SlackError`: `NoEntry` where nobody installed the app, or Slack took it back."""
        held = self._holder(team, enterprise)
        async with held.lock:
            installation = held.installation
            if installation is None or held.read_at is None or self._now() > held.read_at + HELD:
                installation = await self._read(held, team, enterprise)
            if self._is_due(installation, held):
                installation = await self._renew(held, installation)
            return installation.token.get_secret_value()

    async def instead_of(self, refused: str, team: str, enterprise: str = "") -> bool:
        """Whether there is another token by now than the one that Slack *refused*."""
        held = self._holder(team, enterprise)
        async with held.lock:
            installation = await self._read(held, team, enterprise)
            return installation.token.get_secret_value() != refused

    def forget(self, team: str, enterprise: str = "") -> None:
        """With an empty *team*, of all of the organisation."""
        for key in list(self._held):
            if key[0] == team if team else key[1] == enterprise:
                del self._held[key]

    def _holder(self, team: str, enterprise: str) -> _Held:
        held = self._held.setdefault((team, enterprise), _Held())
        self._held.move_to_end((team, enterprise))
        while len(self._held) > KEPT_MOST:
            self._held.popitem(last=False)
        return held

    async def _read(self, held: _Held, team: str, enterprise: str) -> Installation:
        found = await self._installations.find(team, enterprise)
        held.installation, held.read_at = found, self._now()
        if found is None:
            raise NoEntry("auth.test", NOT_INSTALLED)
        return found

    def _is_due(self, installation: Installation, held: _Held) -> bool:
        if installation.refresh_token is None or installation.expires_at is None:
            return False
        waits = held.not_before is not None and self._now() < held.not_before
        return self._now() >= installation.expires_at - RENEWED_BEFORE and not waits

    async def _renew(self, held: _Held, old: Installation) -> Installation:
        """Another process may do the same: who comes second finds what the first wrote down."""
        fresh = await self._read(held, old.team, old.enterprise)
        if fresh.token != old.token:
            return fresh
        if held.unwritten is None or held.unwritten[0].token != old.token:
            try:
                held.unwritten = old, self._renewed(old, await self._asked(held, old))
            except SlackError as err:
                return await self._not_renewed(held, old, err)
        return await self._write_down(held, *held.unwritten)

    async def _asked(self, held: _Held, old: Installation) -> Granted:
        """Who is cancelled here leaves the question at work: the next one has its answer."""
        if held.asking is None or held.asking[0] != old.token:
            # held here until it ends, which the client sees to within seconds
            asking = asyncio.ensure_future(self._ask(old))  # noqa: TID251
            held.asking = old.token, asking
        try:
            answer = await asyncio.shield(held.asking[1])
        except SlackError:
            held.asking = None
            raise
        held.asking = None
        return answer

    async def _write_down(self, held: _Held, old: Installation, new: Installation) -> Installation:
        """Slack takes a refresh token once: what it gave is kept until it is written down."""
        if not await self._installations.renew(old, new):
            held.unwritten = None
            return await self._read(held, old.team, old.enterprise)
        held.installation, held.read_at, held.unwritten = new, self._now(), None
        log.info("the token of a workspace was renewed")
        return new

    async def _ask(self, old: Installation) -> Granted:
        refresh = old.refresh_token.get_secret_value() if old.refresh_token else ""
        return await granted(
            self._line, self._app, grant_type="refresh_token", refresh_token=refresh
        )

    def _renewed(self, old: Installation, granted: Granted) -> Installation:
        changed = {
            "token": granted.access_token,
            "refresh_token": granted.refresh_token or old.refresh_token,
            "expires_at": ends(granted, self._now()),
        }
        return old.model_copy(update=changed)

    async def _not_renewed(self, held: _Held, old: Installation, err: SlackError) -> Installation:
        for _ in range(LOOKS if _is_no(err) else 0):
            await self._sleep(LOOK_PAUSE)
            fresh = await self._read(held, old.team, old.enterprise)
            if fresh.token != old.token:
                return fresh
        log.warning("the token of a workspace was not renewed: %s", err)
        held.not_before = self._now() + PATIENCE
        if old.expires_at is not None and self._now() < old.expires_at:
            return old
        if _is_no(err):
            raise NoEntry(GRANT, err.code)
        raise err


def _is_no(err: SlackError) -> bool:
    """That is Slack's word on the refresh token, and no failure on the way."""
    if isinstance(err, RateLimited):
        return False
    return isinstance(err, Unheard) or not isinstance(err, Unavailable)
