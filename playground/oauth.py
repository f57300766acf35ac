"""Installing the app by OAuth v2: the page that says "Allow", and the exchange of its code."""

from __future__ import annotations

import html
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from playground.arguments import Arguments
from playground.context import Context
from playground.values import Json, SlackError
from playground.wire import APP_ID

CODE_SECONDS, TOKEN_SECONDS = 600, 43_200
NEEDED = ("client_id", "redirect_uri")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Add Quorum</title>
<h1>Quorum asks for access to {team}</h1>
<p>It wants: {scope}</p>
<p><a href="{allow}">Allow</a> · <a href="{cancel}">Cancel</a></p></html>"""


@dataclass(frozen=True)
class Code:
    """What was allowed, to whom, until when."""

    client_id: str
    redirect_uri: str
    scope: str
    person: str
    until: float


class OAuth:
    """Any client id and secret will do: the app has one team, and this is it."""

    def __init__(self, team: str) -> None:
        self._team = team
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, str] = {}
        self.tokens: set[str] = set()
        self.rotating = False

    async def authorize(self, request: web.Request) -> web.Response:
        """`GET /oauth/v2/authorize`: a person decides."""
        query = request.query
        target = urlsplit(query.get("redirect_uri", ""))
        if any(not query.get(name) for name in NEEDED) or target.scheme not in {"http", "https"}:
            return web.Response(status=400, text="invalid_client_id or bad_redirect_uri")
        code = secrets.token_urlsafe(24)
        self._codes[code] = Code(
            query["client_id"],
            query["redirect_uri"],
            query.get("scope", ""),
            query.get("as", "U0ANN"),
            time.time() + CODE_SECONDS,
        )
        state = query.get("state", "")
        page = PAGE.format(
            team=html.escape(self._team),
            scope=html.escape(query.get("scope", "").replace(",", ", ")),
            allow=_back(query["redirect_uri"], code=code, state=state),
            cancel=_back(query["redirect_uri"], error="access_denied", state=state),
        )
        return web.Response(text=page, content_type="text/html")

    def access(self, context: Context, args: Arguments) -> Json:
        """`oauth.v2.access`: a code or a refresh token for a new bot token."""
        if not args.text("client_id") or not args.text("client_secret"):
            raise SlackError("invalid_client_id")
        if args.text("grant_type") == "refresh_token":
            return self._refreshed(context, args)
        code = self._codes.pop(args.text("code"), None)
        if code is None or code.until < time.time() or code.client_id != args.text("client_id"):
            raise SlackError("invalid_code")
        if code.redirect_uri != (args.text("redirect_uri") or code.redirect_uri):
            raise SlackError("bad_redirect_uri")
        authed = {"authed_user": {"id": code.person}}
        return {**self._granted(context, code.scope), **authed}

    def _refreshed(self, context: Context, args: Arguments) -> Json:
        scope = self._refresh.pop(args.text("refresh_token"), None)
        if scope is None:
            raise SlackError("invalid_refresh_token")
        return self._granted(context, scope)

    def _granted(self, context: Context, scope: str) -> Json:
        token = f"xox{'e.xox' if self.rotating else ''}b-{secrets.token_hex(24)}"
        self.tokens.add(token)
        out: Json = {
            "access_token": token,
            "token_type": "bot",
            "scope": scope,
            "bot_user_id": context.bot,
            "app_id": APP_ID,
            "team": {"id": context.workspace.team, "name": context.workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if self.rotating:
            refresh = f"xoxe-1-{secrets.token_hex(24)}"
            self._refresh[refresh] = scope
            out |= {"refresh_token": refresh, "expires_in": TOKEN_SECONDS}
        return out


def _back(redirect_uri: str, **said: str) -> str:
    """An address to return to, for an attribute of the page."""
    return html.escape(f"{redirect_uri}?{urlencode(said)}")
