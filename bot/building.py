"""Builds the bot's rooms from the settings: the way out first, the way in last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import listeners
from bot.door.oauth import oauth_routes
from bot.door.readiness import NotReady, Ready
from bot.door.timely import Dispatch
from bot.engine.aside import Aside
from bot.engine.tasks import TaskEngine
from bot.llm.build import OpenModel
from bot.metrics import Metrics
from bot.parts import caps, executor
from bot.reading.rights import SlackRights
from bot.reading.sources import SlackSources
from bot.runs.archive import Archive
from bot.runs.desk import Desk
from bot.runs.leaving import Forget, Leaving
from bot.runs.model import Audience, Run
from bot.runs.polling import Polling
from bot.runs.workspace import Preference
from bot.settings import Settings, plain
from bot.showing.means import Means, Render
from bot.showing.publisher import Publisher
from bot.showing.replies import Replies
from bot.showing.screens import Screens
from bot.slack import client
from bot.slack.client import SlackClient
from bot.slack.installed import Installed
from bot.slack.limiter import Limiter
from bot.slack.tokens import AppSecret, Tokens
from bot.slack.workspaces import OwnWorkspace, Workspaces
from bot.store.closing import Closing
from bot.store.database import Database, connect
from bot.store.erasing import SqlEraser
from bot.store.history import SqlHistory
from bot.store.installations import SqlInstallations
from bot.store.ledger import SqlSpending
from bot.store.outbox import SqlOutbox
from bot.store.panel import SqlLearnings
from bot.store.people import SqlPolls
from bot.store.preferences import SqlPreferences
from bot.store.retention import Retention
from bot.store.runs import SqlRunStore
from bot.store.states import SqlStates
from bot.store.vault import Vault
from bot.views import card, notices
from bot.views.message import SlackMessage
from bot.views.story import Story

#: Names behind pseudonyms are no secret: the same people have the same ones in every process.
_PSEUDONYMS = b"quorum"
#: At the start, seconds that Slack has to answer; without its answer the bot starts, too.
_FIRST_WORD = 10
#: At the end, seconds that open runs have to end by themselves, and their outcomes to be shown.
_LAST_RUNS, _LAST_WORDS = 7, 4
#: And what was begun after an ack, to end.
_LAST_ASIDE = 3


@dataclass(frozen=True)
class Bot:
    """What the doors need: where deliveries go, and whether they can be taken now."""

    dispatch: Dispatch
    ready: Ready
    routes: Sequence[web.RouteDef]


@dataclass(frozen=True)
class _Town:
    """The workspaces, how to forget one, and the pages by which they come."""

    workspaces: Workspaces
    forget: Forget
    routes: Sequence[web.RouteDef]
    is_known: Callable[[], bool] = lambda: True


@asynccontextmanager
async def built(settings: Settings, model: OpenModel, metrics: Metrics) -> AsyncGenerator[Bot]:
    """The bot without its doors. Raises `NoDatabase`, `BadKey`, `SlackError`."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(connect(settings.database_url))
        line = await stack.enter_async_context(_line(settings))
        town = await _town(settings, database, line)
        store, sources = SqlRunStore(database), SlackSources(town.workspaces, key=_PSEUDONYMS)
        body = executor(settings, database, sources, model, store=store, meter=metrics)
        engine = TaskEngine(body.execute, store.open_ids)
        preferences, rights = SqlPreferences(database), SlackRights(town.workspaces)
        desk = Desk(store, engine, rights=rights, preferences=preferences)
        means = Means(
            store=store,
            outbox=SqlOutbox(database),
            workspaces=town.workspaces,
            render=_view(settings),
            abandon=desk.abandon,
            replies=Replies(line, api_url=settings.slack_api_url),
            admit=_admit(sources),
            preferences=preferences,
        )
        await stack.enter_async_context(_at_work(store, Publisher(means), engine))
        eraser = await stack.enter_async_context(_keeping(settings, database, engine, preferences))
        listeners.register(
            bolt := _bolt(line.web),
            desk,
            archive=Archive(store, SqlHistory(database), rights),
            spending=SqlSpending(database),
            learnings=SqlLearnings(database),
            polling=await stack.enter_async_context(_polling(database, store, rights)),
            caps=caps(settings),
            preferences=preferences,
            rights=rights,
            leaving=Leaving(eraser, engine, forget=town.forget),
            replies=means.replies,
            screens=Screens(store, means.outbox, town.workspaces, prompts=notices.PROMPTS),
            aside=await stack.enter_async_context(Aside(patience=_LAST_ASIDE)),
            most_days=settings.quorum_keep_days,
        )
        yield Bot(bolt.async_dispatch, _ready(database, town), town.routes)


@asynccontextmanager
async def _showing(store: SqlRunStore, publisher: Publisher) -> AsyncGenerator[None]:
    store.subscribe(publisher.poke)
    async with _alongside(publisher.run(), "publisher"):
        yield
        await publisher.settled(_LAST_WORDS)


@asynccontextmanager
async def _keeping(
    settings: Settings, database: Database, engine: TaskEngine, preferences: SqlPreferences
) -> AsyncGenerator[SqlEraser]:
    eraser = SqlEraser(database, stop=engine.cancel, preferences=preferences)
    async with _alongside(Retention(eraser, days=settings.quorum_keep_days).run(), "retention"):
        yield eraser


@asynccontextmanager
async def _polling(
    database: Database, store: SqlRunStore, rights: SlackRights
) -> AsyncGenerator[Polling]:
    polls = SqlPolls(database)
    async with _alongside(Closing(polls).run(), "closing"):
        yield Polling(store, polls, rights=rights)


@asynccontextmanager
async def _at_work(
    store: SqlRunStore, publisher: Publisher, engine: TaskEngine
) -> AsyncGenerator[None]:
    async with _showing(store, publisher), engine:
        yield
        await engine.drain(_LAST_RUNS)


def _line(settings: Settings) -> AbstractAsyncContextManager[SlackClient]:
    token = plain(settings.slack_bot_token) or ""
    return client.connect(token, api_url=settings.slack_api_url)


def _ready(database: Database, town: _Town) -> Ready:
    async def ready() -> None:
        await database.answers()
        if not town.is_known():
            raise NotReady("Slack has not said yet which workspace the token is of")

    return ready


async def _town(settings: Settings, database: Database, line: SlackClient) -> _Town:
    if not settings.by_oauth:
        own = OwnWorkspace(line, Limiter(pace=settings.quorum_slack_pace))
        await own.begin(_FIRST_WORD)
        return _Town(own, lambda team, enterprise: None, (), lambda: own.is_known)
    installations = SqlInstallations(database, Vault(settings.quorum_secret_key or SecretStr("")))
    await installations.reencrypt()
    client_id = settings.slack_client_id or ""
    client_secret = plain(settings.slack_client_secret) or ""
    tokens = Tokens(installations, line, AppSecret(client_id, SecretStr(client_secret)))
    limiter = partial(Limiter, pace=settings.quorum_slack_pace)
    installed = Installed(installations, line, tokens, limiter=limiter)
    routes = oauth_routes(
        client_id,
        client_secret,
        settings.quorum_url or "",
        installations=installations,
        states=SqlStates(database),
        api_url=settings.slack_api_url,
    )
    return _Town(installed, installed.left, routes)


def _view(settings: Settings) -> Render:
    def render(
        run: Run, story: Story, preference: Preference, /, *, files: bool
    ) -> list[SlackMessage]:
        return card.messages(
            run,
            story,
            shown=preference.result or settings.quorum_result,
            broadcast_after=settings.quorum_broadcast_after,
            files=files,
        )

    return render


def _admit(sources: SlackSources) -> Callable[[Run], Awaitable[Audience]]:
    async def admit(run: Run) -> Audience:
        return await sources.admit(run.request)

    return admit


@asynccontextmanager
async def _alongside(work: Coroutine[Any, Any, None], name: str) -> AsyncGenerator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work, name=name)
        yield
        task.cancel()


def _bolt(web_client: AsyncWebClient) -> AsyncApp:
    """Bolt as a dispatcher: the doors have verified, and it is given no token to use."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

    quiet = logging.getLogger("bot.bolt")
    quiet.setLevel(logging.ERROR)  # its warnings quote what people wrote
    return AsyncApp(
        logger=quiet,
        client=web_client,
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        process_before_response=True,  # the listener runs in our task, not in one nobody owns
        raise_error_for_unhandled_request=True,  # to our error handler: a 404, no body in the log
    )
