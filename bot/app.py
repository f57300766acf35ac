"""The bot's composition root: builds every room, opens the doors, closes them in order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import listeners, listening
from bot.engine.tasks import TaskEngine
from bot.llm.build import OpenModel
from bot.metrics import Metrics
from bot.parts import executor, open_model
from bot.runs.desk import Desk
from bot.settings import Settings, plain
from bot.slack import client
from bot.slack.asking import Asking
from bot.slack.client import SlackClient
from bot.slack.front_door import front_door
from bot.slack.lane import Render
from bot.slack.limiter import Limiter
from bot.slack.publisher import Publisher
from bot.slack.replies import Replies
from bot.slack.sources import SlackSources
from bot.slack.wire import Identity
from bot.store.database import connect
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.views import card

log = logging.getLogger(__name__)

#: How long open requests are waited for at the end, in seconds.
_LAST_REQUESTS = 3


async def serve(settings: Settings) -> None:
    """
    Until SIGINT or SIGTERM.

    Raises `NoModel`, `BadPrices`, `NoDatabase`, `SlackError`, `CannotListen`.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        # First of all: where the port is taken, nothing starts, and no run is gone on with.
        sockets = await listening.bind(settings.host, settings.port)
        for each in sockets:
            stack.callback(each.close)
        metrics = Metrics()
        model = await stack.enter_async_context(open_model(settings, metrics))
        door = await stack.enter_async_context(running(settings, model, metrics))
        runner = web.AppRunner(
            door,
            shutdown_timeout=_LAST_REQUESTS,
            access_log=None,
            auto_decompress=False,  # Slack packs nothing; a lie about it would be a traceback
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        for each in sockets:
            await web.SockSite(runner, each, backlog=listening.BACKLOG).start()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
            stack.callback(loop.remove_signal_handler, number)
        log.info("listening on %s:%d", settings.host, settings.port)
        await stop.wait()
        log.info("stopping: open runs go on at the next start")


@asynccontextmanager
async def running(
    settings: Settings, model: OpenModel, metrics: Metrics
) -> AsyncGenerator[web.Application]:
    """The bot without its port: way out first, way in last; on exit the other way round."""
    token, secret = plain(settings.slack_bot_token) or "", plain(settings.slack_signing_secret)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(settings.database_url))
        slack = await stack.enter_async_context(
            client.connect(token, api_url=settings.slack_api_url)
        )
        limiter = Limiter()
        asking = Asking(slack, limiter)
        me = await asking.identity()
        store = SqlRunStore(database)
        body = executor(settings, database, SlackSources(asking), model, store=store, meter=metrics)
        engine = TaskEngine(body.execute, store.open_ids)
        desk = Desk(store, engine)
        replies = Replies(slack, api_url=settings.slack_api_url)
        publisher = Publisher(
            store,
            SqlOutbox(database),
            slack,
            limiter,
            asking=asking,
            render=_view(settings),
            abandon=desk.abandon,
            replies=replies,
        )
        store.subscribe(publisher.poke)
        await stack.enter_async_context(_publishing(publisher))
        await stack.enter_async_context(engine)
        bolt = _bolt(slack, me, token)
        listeners.register(bolt, desk, workspace_url=me.url, replies=replies)
        yield front_door(
            bolt.async_dispatch,
            (secret or "").split(","),
            ready=database.answers,
            metrics=metrics.render,
            metrics_token=plain(settings.quorum_metrics_token),
        )


@asynccontextmanager
async def _publishing(publisher: Publisher) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(publisher.run(), name="publisher")
        yield
        task.cancel()


def _view(settings: Settings) -> Render:
    return partial(
        card.messages,
        shown=settings.quorum_result,
        broadcast_after=settings.quorum_broadcast_after,
    )


def _bolt(slack: SlackClient, me: Identity, token: str) -> AsyncApp:
    """Bolt as a dispatcher: the front door has verified, and nothing is asked before an ack."""
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=me.team_id,
        bot_user_id=me.user_id,
        bot_id=me.bot_id,
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    quiet = logging.getLogger("bot.bolt")
    quiet.setLevel(logging.ERROR)  # its warnings quote what people wrote
    return AsyncApp(
        logger=quiet,
        client=slack.web,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        raise_error_for_unhandled_request=True,  # to our error handler: a 404, no body in the log
    )
