"""Puts the playground together: the page, the page's API, Slack's Web API, and the deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from playground import guard
from playground.api import SOCKET_METHOD, Method, WebApi
from playground.arguments import Arguments
from playground.context import Context
from playground.controls import Controls
from playground.deliveries import Deliveries
from playground.downloads import Downloads
from playground.events import Events
from playground.files import Files
from playground.limits import Limits
from playground.live import Live
from playground.oauth import OAuth
from playground.page_api import PageApi, refusals
from playground.page_files import PageFiles
from playground.page_screens import PageScreens
from playground.response_urls import ResponseUrls
from playground.sample import sample
from playground.screens import Screens
from playground.speaking import Speaking
from playground.values import Json
from playground.workspace import Workspace

BODY_BYTES_MOST = 1_000_000
PAGE = Path(__file__).with_name("page")
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

DELIVERIES = web.AppKey("deliveries", Deliveries)
LIMITS = web.AppKey("limits", Limits)
WEB_API = web.AppKey("web_api", WebApi)


def build(
    workspace: Workspace,
    *,
    bot_url: str,
    signing_secret: str,
    token: str,
    rate_limits: bool = False,
    fresh: Callable[[], Workspace] = sample,
) -> web.Application:
    """The whole playground; *fresh* makes the workspace that the page's reset button returns to.

    `app[DELIVERIES].bot_url` may be set later: the bot's port may not be known yet.
    """
    app = web.Application(
        client_max_size=BODY_BYTES_MOST, middlewares=[guard.guard, refusals, _addressed(workspace)]
    )
    deliveries, limits = Deliveries(bot_url, signing_secret), Limits(on=rate_limits)
    urls, live, events = ResponseUrls(workspace), Live(workspace), Events(workspace, deliveries)
    speaking = Speaking(workspace, deliveries, urls, events)
    app[DELIVERIES], app[LIMITS] = deliveries, limits
    app.add_routes(PageApi(workspace, speaking, deliveries, limits, fresh).routes())
    app.add_routes(PageFiles(workspace, speaking).routes())
    app.add_routes(PageScreens(Screens(workspace, deliveries, urls, events.tell)).routes())
    app.router.add_get("/playground/events", live.stream)
    oauth, files = OAuth(workspace.name), Files()
    oauth.tokens.add(token)
    web_api = WebApi(workspace, limits, oauth.tokens, _methods(deliveries, oauth, files))
    app[WEB_API] = web_api
    app.add_routes(Controls(web_api, deliveries, events, oauth).routes())
    app.add_routes(Downloads(workspace, oauth.tokens).routes())
    app.add_routes(web_api.routes())
    app.router.add_get("/link", deliveries.sockets.connect)
    app.router.add_get("/oauth/v2/authorize", oauth.authorize)
    app.router.add_post("/upload/{secret}", files.receive)
    app.router.add_post("/response/{secret}", urls.answer)
    _add_page(app)
    app.cleanup_ctx.append(deliveries.running)
    app.on_shutdown.extend([live.end, deliveries.sockets.end])
    app.on_response_prepare.append(guard.headers)
    return app


def _addressed(workspace: Workspace) -> Middleware:
    """The port is known with the first request, and the same for all that follow."""

    @web.middleware
    async def addressed(request: web.Request, handler: guard.Handler) -> web.StreamResponse:
        workspace.base = guard.base(request)
        return await handler(request)

    return addressed


def _methods(deliveries: Deliveries, oauth: OAuth, files: Files) -> dict[str, Method]:
    """The methods of the Web API that keep something of their own."""

    def connect(context: Context, _: Arguments) -> Json:
        return {"url": deliveries.sockets.url(context.base)}

    return {
        SOCKET_METHOD: connect,
        "oauth.v2.access": oauth.access,
        "files.getUploadURLExternal": files.address,
        "files.completeUploadExternal": files.complete,
    }


def _add_page(app: web.Application) -> None:
    """One route for every file that is there now: no path of a request ever reaches the disk."""
    for path in sorted(PAGE.iterdir()):
        if path.suffix in TYPES:
            app.router.add_get(f"/page/{path.name}", partial(_file, path))
    index = partial(_file, PAGE / "index.html")
    app.router.add_get("/", index)
    app.router.add_get(r"/archives/{channel:[A-Z0-9]+}", index)
    app.router.add_get(r"/archives/{channel:[A-Z0-9]+}/{message:p\d{16}}", index)
    app.router.add_get(r"/files/{person:[A-Z0-9]+}/{file:F[A-Z0-9]+}/{name}", index)


async def _file(path: Path, _: web.Request) -> web.Response:
    return web.Response(
        body=await asyncio.to_thread(path.read_bytes),
        content_type=TYPES[path.suffix],
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )
