"""Our listeners behind a real Bolt app, on a desk in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners import register
from bot.runs.desk import Desk
from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Run, RunRequest, Status
from bot.runs.ports import Remembered
from patterns.events import Event
from patterns.recipes import Result
from patterns.usage import Estimate, Usage

Asked = asyncio.Queue[tuple[str, dict[str, Any]]]


class Runs:
    """A `RunStore` in memory, as much as the desk needs of it."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.broken: Exception | None = None
        self.slow: asyncio.Event | None = None

    async def add(self, request: RunRequest, /) -> Run | None:
        if self.slow:
            await self.slow.wait()
        if self.broken:
            raise self.broken
        if any(run.request.dedupe == request.dedupe for run in self.runs.values()):
            return None
        now = datetime(2026, 11, 24, tzinfo=UTC)
        run = Run(id=f"run-{len(self.runs) + 1}", request=request, created_at=now)
        self.runs[run.id] = run
        return run

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        if run_id not in self.runs:
            raise NoSuchRun("There is no such run.")
        return self.runs[run_id]

    async def recent(self, limit: int, /) -> list[Run]:
        return list(self.runs.values())[:limit]

    async def admit(self, run_id: str, audience: Audience, /) -> None:
        raise NotImplementedError

    def append(self, run_id: str, event: Event, /) -> None:
        raise NotImplementedError

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        run = self.runs[run_id]
        if run.status is not Status.OPEN:
            return False
        changed = {"status": status, "result": result, "error": error}
        self.runs[run_id] = run.model_copy(update=changed)
        return True

    async def answers(self, run_id: str, /) -> Mapping[str, str]:
        raise NotImplementedError

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        raise NotImplementedError

    async def estimate(self, run_id: str, estimate: Estimate, /) -> None:
        raise NotImplementedError

    def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        raise NotImplementedError

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        raise NotImplementedError


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


class Urls(dict[str, str]):
    """Replies: the ways by run id, and what was said on which way."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.broken = False

    def remember(self, run_id: str, url: str, /) -> None:
        self[run_id] = url

    async def answer(self, url: str, text: str, /) -> bool:
        self.said.append((url, text))
        return not self.broken


class House:
    """A Bolt app with our listeners, built as the process builds it."""

    def __init__(self, slack: str) -> None:
        self.slack = slack
        self.store, self.engine, self.urls = Runs(), Started(), Urls()
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
        register(
            self.app,
            Desk(self.store, self.engine),
            workspace_url="https://acme.slack.com/",
            replies=self.urls,
            clock=lambda: 1_764_000_000.0,
        )

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

    async def click(self, run_id: str, user: str = "U1", team: str = "T1", **changes: Any) -> Any:
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
                    {"type": "button", "action_id": "cancel_run", "block_id": "b", "value": run_id}
                ],
                **changes,
            }
        )

    async def deliver(self, body: dict[str, Any]) -> BoltResponse:
        request = AsyncBoltRequest(body=body, mode="socket_mode")
        async with asyncio.timeout(5):
            return await self.app.async_dispatch(request)


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-test", bot_user_id="UBOT"
    )
