"""What the page asks of its server about forms, shortcuts and the app's own tabs."""

from __future__ import annotations

from aiohttp import web

from playground.guard import base
from playground.page_api import body_of
from playground.screens import Screens
from playground.shape import is_object
from playground.values import Json


class PageScreens:
    """More handlers under `/playground/`, each for the person named by `as`."""

    def __init__(self, screens: Screens) -> None:
        self._screens = screens

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/playground/shortcut", self.shortcut),
            web.post("/playground/submit", self.submit),
            web.post("/playground/close", self.close),
            web.post("/playground/press-view", self.press),
            web.post("/playground/tab", self.tab),
            web.post("/playground/stop", self.stop),
        ]

    async def shortcut(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, channel = _text(body, "as"), _text(body, "channel")
        ts, callback_id = _text(body, "ts"), _text(body, "callback_id")
        await self._screens.shortcut(person, channel, ts, callback_id, base(request))
        return web.json_response({"ok": True})

    async def submit(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        given = body.get("values")
        values: Json = given if is_object(given) else {}
        person, view = _text(body, "as"), _text(body, "view")
        return web.json_response(await self._screens.submit(person, view, values, base(request)))

    async def close(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        await self._screens.close(_text(body, "as"), _text(body, "view"))
        return web.json_response({"ok": True})

    async def press(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        await self._screens.press(_text(body, "as"), _text(body, "view"), body)
        return web.json_response({"ok": True})

    async def tab(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        return web.json_response(self._screens.open_app(_text(body, "as"), _text(body, "tab")))

    async def stop(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, channel = _text(body, "as"), _text(body, "channel")
        self._screens.stop(person, channel, _text(body, "thread_ts"))
        return web.json_response({"ok": True})


def _text(body: Json, name: str) -> str:
    return str(body.get(name, ""))
