"""
How a workspace installs the app: off to Slack, and back with a code for a token.

Whoever comes back has to be the browser that went off, once, within ten minutes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from pydantic import SecretStr

from bot.runs.errors import StorageFailed
from bot.runs.workspace import Installation, Installations, States
from bot.slack import client
from bot.slack.asking import Asking
from bot.slack.errors import SlackError, Unavailable
from bot.slack.limiter import Limiter
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.slack.tokens import GRANT, AppSecret, ends, granted
from bot.slack.wire import Granted

log = logging.getLogger(__name__)

COOKIE_SECONDS = 600
#: Anybody may begin, and each beginning is written down: others need the database, too.
BEGUN_A_MINUTE = 60
_PARAMETER_MOST = 1_000  # characters of a state or a code

_STYLE = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:1rem}"
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

FOREIGN = "This link was used before, is too old, or was begun in another browser."
REFUSED = "You did not allow it, so nothing was installed."
NO_CODE = "Slack sent nothing that I could install with."
NOT_CONFIRMED = "Slack did not confirm the installation, so nothing was installed."
NOT_NOW = "I cannot begin an installation at the moment: wait a minute."
NOT_KEPT = "I could not write the installation down, so nothing was installed."


def oauth_routes(
    client_id: str,
    client_secret: str,
    url: str,
    *,
    installations: Installations,
    states: States,
    api_url: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    clock: Callable[[], float] = time.monotonic,
) -> list[web.RouteDef]:
    """
    `GET /slack/install` and `GET /slack/oauth_redirect`, for a bot whose public address is *url*.

    Who is asked for leave is the host of *api_url*.
    """
    app = AppSecret(client_id, SecretStr(client_secret))
    turnstile = _Turnstile(clock)
    door = _OAuth(app, url.rstrip("/"), installations, states, api_url, now, turnstile)
    # no HEAD: who only looks whether a link is good must not use it up
    return [
        web.get(INSTALL_PATH, door.begin, allow_head=False),
        web.get(REDIRECT_PATH, door.end, allow_head=False),
    ]


class _Stopped(Exception):
    """Nothing was installed; its message is one sentence for who tried, *why* is for the log."""

    def __init__(self, sentence: str, why: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.why = why
        self.status = status


class _Turnstile:
    """So many a minute, and no more."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._passed: deque[float] = deque(maxlen=BEGUN_A_MINUTE)

    def lets_in(self) -> bool:
        full = len(self._passed) == BEGUN_A_MINUTE
        if full and self._clock() < self._passed[0] + 60:
            return False
        self._passed.append(self._clock())
        return True


@dataclass(frozen=True)
class _OAuth:
    app: AppSecret
    url: str
    installations: Installations
    states: States
    api_url: str
    now: Callable[[], datetime]
    turnstile: _Turnstile

    async def begin(self, _: web.Request) -> web.Response:
        browser = secrets.token_urlsafe(32)
        try:
            state = await self.states.begin(browser) if self.turnstile.lets_in() else None
        except StorageFailed as err:
            log.warning("no installation begun: %s", err)
            state = None
        if state is None:
            return _page(HTTPStatus.SERVICE_UNAVAILABLE, "Not now", NOT_NOW, again=self._start)
        asked = {
            "client_id": self.app.client_id,
            "scope": ",".join(SCOPES),
            "redirect_uri": self.url + REDIRECT_PATH,
            "state": state,
        }
        slack = urlsplit(self.api_url)
        location = f"{slack.scheme}://{slack.netloc}/oauth/v2/authorize?{urlencode(asked)}"
        answer = web.Response(status=HTTPStatus.FOUND, headers={**_HEADERS, "Location": location})
        answer.set_cookie(
            self._cookie,
            browser,
            max_age=COOKIE_SECONDS,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )
        return answer

    async def end(self, request: web.Request) -> web.Response:
        try:
            told, installation = await self._install(request)
        except _Stopped as stop:
            log.warning("nothing was installed: %s", stop.why)
            page = _page(stop.status, "Not installed", str(stop), again=self._start)
            return self._without_cookie(page)
        log.info("installed in %s", installation.team or installation.enterprise)
        where = told.team.name or told.enterprise.name or "your workspace"
        sentence = (
            f"Quorum is in {where} now. In Slack, type /invite @Quorum in a channel, "
            "then /factcheck and a claim, or /summarize."
        )
        return self._without_cookie(_page(HTTPStatus.OK, "Installed", sentence))

    async def _install(self, request: web.Request) -> tuple[Granted, Installation]:
        """Raises `_Stopped`."""
        try:
            await self._check(request)
            told, installation = await self._exchange(_given(request, "code"))
            await self.installations.put(installation)
        except SlackError as err:
            status = HTTPStatus.BAD_GATEWAY
            raise _Stopped(NOT_CONFIRMED, f"Slack: {err}", status) from err
        except StorageFailed as err:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            raise _Stopped(NOT_KEPT, str(err), status) from err
        return told, installation

    async def _check(self, request: web.Request) -> None:
        """First of all the state, whatever else is told: it is good once."""
        browser, state = request.cookies.get(self._cookie, ""), _given(request, "state")
        known = browser and len(browser) <= _PARAMETER_MOST and state
        if not known or not await self.states.used(state, browser):
            raise _Stopped(FOREIGN, "a state that is not of this browser, or used, or too old")
        if _given(request, "error") == "access_denied":
            raise _Stopped(REFUSED, "not allowed by who was asked", HTTPStatus.OK)
        if not _given(request, "code"):
            raise _Stopped(NO_CODE, "Slack sent an error, or nothing, instead of a code")

    async def _exchange(self, code: str) -> tuple[Granted, Installation]:
        async with client.connect(api_url=self.api_url) as line:
            redirect = self.url + REDIRECT_PATH
            told = await granted(line, self.app, code=code, redirect_uri=redirect)
            team = "" if told.is_enterprise_install else told.team.id
            if told.token_type not in {"", "bot"} or not (team or told.enterprise.id):
                raise Unavailable(GRANT, "no_bot_of_a_workspace")

            async def token() -> str:
                return told.access_token.get_secret_value()

            me = await Asking(line.bearing(token), Limiter()).identity()
        return told, Installation(
            team=team,
            enterprise=told.enterprise.id,
            app=told.app_id,
            bot_user=told.bot_user_id or me.user_id,
            bot_id=me.bot_id,
            url=me.url,
            scopes=tuple(sorted(filter(None, told.scope.split(",")))),
            token=told.access_token,
            refresh_token=told.refresh_token,
            expires_at=ends(told, self.now()),
            installed_by=told.authed_user.id,
        )

    @property
    def _start(self) -> str:
        return self.url + INSTALL_PATH

    @property
    def _is_secure(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def _cookie(self) -> str:
        """With this prefix a browser takes it from this very host, and over TLS, alone."""
        return "__Host-quorum_install" if self._is_secure else "quorum_install"

    def _without_cookie(self, answer: web.Response) -> web.Response:
        answer.del_cookie(self._cookie, path="/", secure=self._is_secure, httponly=True)
        return answer


def _given(request: web.Request, name: str) -> str:
    """Empty for what is not there, there twice, or longer than Slack makes it."""
    values = request.query.getall(name, [])
    return values[0] if len(values) == 1 and len(values[0]) <= _PARAMETER_MOST else ""


def _page(status: int, title: str, sentence: str, *, again: str = "") -> web.Response:
    """With an address where to start *again*."""
    link = f'<p><a href="{html.escape(again)}">Start again</a></p>' if again else ""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)} · Quorum</title><style>{_STYLE}</style></head>"
        f"<body><h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p>{link}</body></html>"
    )
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
