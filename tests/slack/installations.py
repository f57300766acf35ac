"""Installations in memory, and a Slack that hands out tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.runs.errors import StorageFailed
from bot.runs.workspace import Installation

TEAM_URL = "https://acme.slack.com/"


def installed(team: str = "T1", enterprise: str = "", **more: Any) -> Installation:
    values: dict[str, Any] = {"bot_user": "UBOT", "bot_id": "BBOT", "url": TEAM_URL}
    values |= {"token": SecretStr("xoxb-1")} | more
    return Installation(team=team, enterprise=enterprise, **values)


class Kept:
    """Implements `Installations`; two processes may share one."""

    def __init__(self, *installations: Installation) -> None:
        self.rows: dict[tuple[str, str], Installation] = {}
        self.looks = 0
        self.broken = False
        for each in installations:
            self.rows[_key(each.team, each.enterprise)] = each

    async def find(self, team: str, enterprise: str = "", /) -> Installation | None:
        self.looks += 1
        own = self.rows.get(_key(team, "")) if team else None
        return own or self.rows.get(_key("", enterprise))

    async def put(self, installation: Installation, /) -> None:
        if self.broken:
            raise StorageFailed("The database does not answer.")
        self.rows[_key(installation.team, installation.enterprise)] = installation

    async def renew(self, old: Installation, new: Installation, /) -> bool:
        if self.broken:
            raise StorageFailed("The database does not answer.")
        key = _key(old.team, old.enterprise)
        if key not in self.rows or self.rows[key].token != old.token:
            return False
        self.rows[key] = new
        return True

    async def forget(self, team: str, enterprise: str = "", /) -> None:
        self.rows.pop(_key(team, enterprise), None)


def _key(team: str, enterprise: str) -> tuple[str, str]:
    return (team, "") if team else ("", enterprise)


@dataclass
class TokenSlack:
    """Gives a pair for a code, or for the refresh token that is good; each is good once."""

    good: set[str] = field(default_factory=lambda: {"xoxb-1"})
    refresh: str = "xoxe-1"
    code: str = "code-1"
    life: int | None = 43_200
    answer: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    lost: bool = False  # carried out, but the answer does not arrive
    grants: list[dict[str, str]] = field(default_factory=list)
    apps: list[tuple[str, str]] = field(default_factory=list)
    bearers: list[str] = field(default_factory=list)
    made: int = 1

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/oauth.v2.access", self._grant)
        app.router.add_route("*", "/api/{method}", self._any)
        return app

    async def _grant(self, request: web.Request) -> web.Response:
        said = {name: str(value) for name, value in (await request.post()).items()}
        self.apps.append((said.pop("client_id", ""), said.pop("client_secret", "")))
        self.grants.append(said)
        if self.fault:
            return web.json_response({"ok": False, "error": self.fault})
        if said.get("grant_type") == "refresh_token":
            if said["refresh_token"] != self.refresh:
                return web.json_response({"ok": False, "error": "invalid_refresh_token"})
        elif said.get("code") != self.code:
            return web.json_response({"ok": False, "error": "invalid_code"})
        self.code = ""
        self.made += 1
        token, self.refresh = f"xoxb-{self.made}", f"xoxe-{self.made}"
        self.good.add(token)
        if self.lost:
            self.lost = False
            return web.Response(status=502, text="<html>")
        return web.json_response(self._granted(token))

    def _granted(self, token: str) -> dict[str, Any]:
        rotating: dict[str, Any] = {}
        if self.life is not None:
            rotating = {"expires_in": self.life, "refresh_token": self.refresh}
        return {
            "ok": True,
            "access_token": token,
            "token_type": "bot",
            "scope": "commands,chat:write",
            "bot_user_id": "UBOT",
            "app_id": "A1",
            "team": {"id": "T1", "name": "Acme"},
            "enterprise": None,
            "authed_user": {"id": "U1"},
            "is_enterprise_install": False,
            **rotating,
            **self.answer,
        }

    async def _any(self, request: web.Request) -> web.Response:
        said: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            said |= json.loads(await request.text())
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = str(said.get("token", token))
        self.bearers.append(token)
        if token not in self.good:
            return web.json_response({"ok": False, "error": "token_expired"})
        me = {"url": TEAM_URL, "team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT"}
        return web.json_response({"ok": True, **me})
