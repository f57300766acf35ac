"""What a developer does to the wire by hand: faults, sockets that close, an app taken off."""

from __future__ import annotations

from aiohttp import web

from playground import faults
from playground.api import WebApi
from playground.deliveries import Deliveries
from playground.events import Events
from playground.oauth import OAuth
from playground.page_api import body_of
from playground.shape import is_list
from playground.values import SlackError


class Controls:
    """Handlers under `/playground/`; each answers with what holds from now on."""

    def __init__(
        self, web_api: WebApi, deliveries: Deliveries, events: Events, oauth: OAuth
    ) -> None:
        self._web_api, self._deliveries = web_api, deliveries
        self._events, self._oauth = events, oauth

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/playground/faults", self.faults),
            web.post("/playground/faults", self.plan),
            web.post("/playground/hurry", self.hurry),
            web.post("/playground/sockets", self.sockets),
            web.post("/playground/app", self.app),
            web.post("/playground/uninstall", self.uninstall),
        ]

    async def faults(self, _: web.Request) -> web.Response:
        return web.json_response(self._web_api.faults.shown())

    async def plan(self, request: web.Request) -> web.Response:
        """`{method, fault, times, retry_after}`; "*" is any method, no fault takes one back."""
        method, fault, times, after = faults.read(await body_of(request))
        self._web_api.faults.plan(method, fault, times=times, retry_after=after)
        return web.json_response(self._web_api.faults.shown())

    async def hurry(self, _: web.Request) -> web.Response:
        """Bring now whatever events wait for their next try."""
        return web.json_response({"events": self._deliveries.hurry()})

    async def sockets(self, request: web.Request) -> web.Response:
        """`{do: "disconnect" | "drop", reason, number}`; without a number, all of them."""
        body, sockets = await body_of(request), self._deliveries.sockets
        number = body.get("number")
        if not isinstance(number, int | None):
            raise SlackError("invalid_arguments")
        if body.get("do") == "drop":
            hit = await sockets.drop(number)
        else:
            hit = await sockets.disconnect(str(body.get("reason") or "refresh_requested"), number)
        return web.json_response({"connections": hit})

    async def app(self, request: web.Request) -> web.Response:
        """`{agent, socket_mode, rotating}` as flags, `absent` as a list of unknown methods."""
        body = await body_of(request)
        if isinstance(agent := body.get("agent"), bool):
            self._web_api.agent = agent
        if isinstance(on := body.get("socket_mode"), bool):
            self._deliveries.sockets.disabled = not on
        if isinstance(rotating := body.get("rotating"), bool):
            self._oauth.rotating = rotating
        if is_list(absent := body.get("absent")):
            self._web_api.absent = {str(method) for method in absent}
        return web.json_response(
            {
                "agent": self._web_api.agent,
                "socket_mode": not self._deliveries.sockets.disabled,
                "rotating": self._oauth.rotating,
                "absent": sorted(self._web_api.absent),
            }
        )

    async def uninstall(self, _: web.Request) -> web.Response:
        """Tell the app that it was taken off; its token goes on to work, so that it can return."""
        self._events.uninstalled()
        return web.json_response({"ok": True})
