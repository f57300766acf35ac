"""Our listeners behind a real Bolt app, on a desk in memory and a Slack that only takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners import register
from bot.runs.archive import Archive
from bot.runs.desk import Desk
from bot.runs.lookup import History, Spent
from bot.runs.model import Actor, Place, Run
from bot.runs.money import Caps, Cost
from bot.runs.polling import Polling, Polls
from bot.runs.storage import RunStore
from bot.runs.workspace import Preference
from patterns.learned import UNLEARNED, Learned
from tests.listeners.shelves import Runs
from tests.runs.polls import MemoryPolls

NOW = 1_764_000_000.0
TODAY = datetime.fromtimestamp(NOW, UTC)
HOME = "https://acme.slack.com/"


class Started:
    """An `Engine` that writes down what it was told."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.broken: Exception | None = None

    async def start(self, run_id: str, /) -> None:
        self.started.append(run_id)

    async def cancel(self, run_id: str, /) -> None:
        if self.broken:
            raise self.broken
        self.cancelled.append(run_id)


class Wire:
    """Whatever goes over the network must come after the ack: else the test fails."""

    def __init__(self) -> None:
        self.acked = True
        self.calls: list[str] = []

    def used(self, what: str) -> None:
        assert self.acked, f"{what} before the ack"
        self.calls.append(what)


class Urls(dict[str, str]):
    """Replies: the ways by run id, and what was said on which way."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.wire = wire
        self.said: list[tuple[str, str]] = []
        self.broken = False

    def remember(self, run_id: str, url: str, /) -> None:
        self[run_id] = url

    async def answer(self, url: str, text: str, /) -> bool:
        self.wire.used("response_url")
        self.said.append((url, text))
        return not self.broken


class Seen:
    """Implements `Screens`: what people were shown."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self.homes: list[tuple[Actor, dict[str, Any]]] = []
        self.suggested: list[tuple[Actor, str]] = []
        self.said: list[tuple[Actor, Place, str]] = []
        self.refuses = False
        self.home = HOME

    async def open_form(self, by: Actor, trigger_id: str, view: dict[str, Any], /) -> bool:
        self.wire.used("views.open")
        if not self.refuses:
            self.forms.append((trigger_id, view))
        return not self.refuses

    async def show_home(self, by: Actor, view: dict[str, Any], /) -> bool:
        self.wire.used("views.publish")
        self.homes.append((by, view))
        return True

    async def suggest(self, by: Actor, channel: str, /) -> bool:
        self.wire.used("suggested prompts")
        self.suggested.append((by, channel))
        return True

    async def say(self, by: Actor, place: Place, text: str, /) -> bool:
        self.wire.used("chat.postEphemeral")
        self.said.append((by, place, text))
        return True

    def url_of(self, by: Actor, /) -> str:
        return self.home

    async def link(self, run_id: str, /) -> str:
        return f"{HOME}archives/C1/p1?run={run_id}"


class Registrar:
    """Implements `Rights`: who asked sees a run, and what is asked in C1 everybody."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.admins: set[str] = set()

    async def is_admin(self, actor: Actor, /) -> bool:
        self.wire.used("users.info")
        return actor.user in self.admins

    async def may_see(self, actor: Actor, run: Run, /) -> bool:
        self.wire.used("conversations.members")
        return run.request.asked_by == actor.user or run.request.place.channel == "C1"


class Spendings:
    async def of(self, actor: Actor, /) -> Spent:
        return Spent(day=Cost(tokens=1_234), month=Cost(tokens=56_789))


class Lessons(dict[str, Learned]):
    """Implements `Learnings`."""

    async def of(self, team: str, /) -> Learned:
        return self.get(team, UNLEARNED)


class Chosen(dict[str, Preference]):
    """Implements `Preferences`."""

    async def of(self, team: str, /) -> Preference:
        return self.get(team, Preference())

    async def choose(self, team: str, preference: Preference, /) -> None:
        self[team] = preference


class Gone(list[tuple[str, str]]):
    """Implements `Leaving`: which workspaces we are out of."""

    broken: Exception | None = None
    until: datetime | None = None
    slow: asyncio.Event | None = None
    entered = False

    async def left(
        self, team: str, enterprise: str = "", /, *, until: datetime | None = None
    ) -> None:
        self.entered = True
        if self.slow:
            await self.slow.wait()
        if self.broken:
            raise self.broken
        self.until = until
        self.append((team, enterprise))


@dataclass(frozen=True)
class Kept:
    """Where runs are kept, if not in memory."""

    runs: RunStore
    history: History
    polls: Polls | None = None


class House:
    """
    A Bolt app with our listeners, built as the process builds it.

    What they do aside is done when the delivery has been answered, before `deliver` returns.
    """

    def __init__(self, slack: str, kept: Kept | None = None) -> None:
        self.slack = slack
        self.wire = Wire()
        self.store, self.engine, self.urls = Runs(), Started(), Urls(self.wire)
        kept = kept or Kept(self.store, self.store)
        self.seen, self.rights = Seen(self.wire), Registrar(self.wire)
        self.preferences, self.gone = Chosen(), Gone()
        self.learnings, self.polls = Lessons(), MemoryPolls(self.store.runs, now=lambda: TODAY)
        self.works: list[Coroutine[Any, Any, object]] = []
        self.app = AsyncApp(
            client=AsyncWebClient(base_url=f"{slack}/api/"),
            authorize=authorize,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
            raise_error_for_unhandled_request=True,
        )
        desk = Desk(kept.runs, self.engine, rights=self.rights, preferences=self.preferences)
        register(
            self.app,
            desk,
            archive=Archive(kept.runs, kept.history, self.rights),
            spending=Spendings(),
            learnings=self.learnings,
            polling=Polling(kept.runs, kept.polls or self.polls, rights=self.rights),
            caps=Caps(),
            preferences=self.preferences,
            rights=self.rights,
            leaving=self.gone,
            replies=self.urls,
            screens=self.seen,
            aside=self.works.append,
            clock=lambda: NOW,
        )

    async def deliver(self, body: dict[str, Any]) -> BoltResponse:
        request = AsyncBoltRequest(body=body, mode="socket_mode")
        self.wire.acked = False
        async with asyncio.timeout(5):
            answer = await self.app.async_dispatch(request)
            await asyncio.sleep(0)  # the listener's last line may stand behind its ack
            self.wire.acked = True
            while self.works:
                await self.works.pop(0)
        return answer

    async def command(self, text: str, **changes: str) -> BoltResponse:
        return await self.deliver(
            {
                "command": "/factcheck",
                "text": text,
                "team_id": "T1",
                "channel_id": "C1",
                "channel_name": "payload-team",
                "user_id": "U1",
                "trigger_id": "13345224609.738474920.8088930838d88f008e0",
                "response_url": f"{self.slack}/commands/1",
                "api_app_id": "A1",
                "is_enterprise_install": "false",
                **changes,
            }
        )

    async def click(
        self,
        value: str,
        user: str = "U1",
        team: str = "T1",
        action: str = "cancel_run",
        **changes: Any,
    ) -> BoltResponse:
        return await self.deliver(
            {
                "type": "block_actions",
                "team": {"id": team, "domain": "acme"},
                "user": {"id": user, "team_id": team, "username": "ann"},
                "api_app_id": "A1",
                "trigger_id": "9.9.9",
                "container": {
                    "type": "message",
                    "message_ts": "1764000000.000100",
                    "channel_id": "C1",
                },
                "channel": {"id": "C1", "name": "general"},
                "response_url": f"{self.slack}/actions/1",
                "actions": [
                    {"type": "button", "action_id": action, "block_id": "b", "value": value}
                ],
                **changes,
            }
        )

    async def choose(self, callback_id: str, **changes: Any) -> BoltResponse:
        """A shortcut from the menu of a message."""
        return await self.deliver(
            {
                "type": "message_action",
                "callback_id": callback_id,
                "team": {"id": "T1", "domain": "acme"},
                "enterprise": None,
                "is_enterprise_install": False,
                "user": {"id": "U1", "team_id": "T1", "name": "ann"},
                "channel": {"id": "C1", "name": "general"},
                "message_ts": "1763990000.000100",
                "message": {
                    "type": "message",
                    "user": "U2",
                    "ts": "1763990000.000100",
                    "text": "x",
                },
                "trigger_id": "8.8.8",
                "action_ts": "1764000000.1",
                "response_url": f"{self.slack}/shortcuts/1",
                **changes,
            }
        )

    async def send(self, view: dict[str, Any], user: str = "U1", **changes: Any) -> BoltResponse:
        """A form."""
        return await self.deliver(
            {
                "type": "view_submission",
                "team": {"id": "T1", "domain": "acme"},
                "user": {"id": user, "team_id": "T1", "name": "ann"},
                "trigger_id": "7.7.7",
                "view": {"id": "V1", "type": "modal", "state": {"values": {}}, **view},
                "response_urls": [],
                **changes,
            }
        )

    async def tell(self, event: dict[str, Any], **changes: Any) -> BoltResponse:
        """An event."""
        return await self.deliver(
            {
                "type": "event_callback",
                "team_id": "T1",
                "api_app_id": "A1",
                "event_id": "Ev1",
                "event_time": 1_764_000_000,
                "is_ext_shared_channel": False,
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": "T1",
                        "user_id": "UBOT",
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "event": event,
                **changes,
            }
        )


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-test", bot_user_id="UBOT"
    )
