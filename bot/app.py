"""The bot's composition root: binds the port, builds the rooms, opens the doors, closes them."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack

from aiohttp import web

from bot import listening
from bot.building import Bot, built
from bot.door.front_door import front_door
from bot.door.readiness import Ready
from bot.door.reaper import reaping
from bot.door.socket import Sockets, sockets
from bot.metrics import Metrics
from bot.parts import open_model
from bot.settings import Settings, plain

log = logging.getLogger(__name__)

#: How long open requests are waited for at the end, in seconds.
_LAST_REQUESTS = 3


async def serve(settings: Settings) -> None:
    """
    Until SIGINT or SIGTERM, and at most 25 seconds longer.

    Raises `NoModel`, `BadPrices`, `NoDatabase`, `BadKey`, `SlackError`, `CannotListen`.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):  # to the end: a second one changes nothing
            loop.add_signal_handler(number, stop.set)
            stack.callback(loop.remove_signal_handler, number)
        # Before anything else: where the port is taken, nothing starts, and no run is gone on with.
        bound = await listening.bind(settings.host, settings.port)
        for each in bound:
            stack.callback(each.close)
        metrics = Metrics()
        model = await stack.enter_async_context(open_model(settings, metrics))
        bot = await stack.enter_async_context(built(settings, model, metrics))
        socket_mode = await _socket_mode(settings, bot, stack)
        runner = web.AppRunner(
            _door(settings, bot, metrics, socket_mode),
            shutdown_timeout=_LAST_REQUESTS,
            access_log=None,
            auto_decompress=False,  # Slack packs nothing; a lie about it would be a traceback
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await stack.enter_async_context(reaping(runner))
        for each in bound:
            await web.SockSite(runner, each, backlog=listening.BACKLOG).start()
        log.info("listening on %s:%d", settings.host, settings.port)
        await stop.wait()
        log.info("stopping: open runs go on at the next start")


async def _socket_mode(settings: Settings, bot: Bot, stack: AsyncExitStack) -> Sockets | None:
    token = plain(settings.slack_app_token)
    if token is None:
        return None
    return await stack.enter_async_context(
        sockets(bot.dispatch, app_token=token, api_url=settings.slack_api_url)
    )


def _door(
    settings: Settings, bot: Bot, metrics: Metrics, socket_mode: Sockets | None
) -> web.Application:
    """With Socket Mode, HTTP from Slack is taken as well where there is a secret to check it."""
    secret = plain(settings.slack_signing_secret)
    closed = secret is None and socket_mode is not None
    door = front_door(
        bot.dispatch,
        None if closed else (secret or "").split(","),
        ready=_ready(bot, socket_mode),
        metrics=metrics.render,
        metrics_token=plain(settings.quorum_metrics_token),
    )
    door.add_routes(bot.routes)
    return door


def _ready(bot: Bot, socket_mode: Sockets | None) -> Ready:
    async def ready() -> None:
        await bot.ready()
        if socket_mode is not None:
            await socket_mode.ready()

    return ready
