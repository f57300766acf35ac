"""A publisher between a store in memory and a Slack on the wire."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.runs.storage import Posted
from bot.runs.workspace import Preference
from bot.showing.means import Means
from bot.showing.publisher import Publisher
from bot.showing.replies import Replies
from bot.slack.asking import Asking
from bot.slack.client import SlackClient, connect
from bot.slack.limiter import Call, Limiter
from bot.slack.wire import Identity
from bot.slack.workspaces import OneWorkspace, Workspace
from bot.views.message import SlackMessage
from bot.views.story import Story
from tests.conftest import Serve
from tests.fakes.slack_api import BOT, BOT_ID, TEAM, FakeSlack
from tests.slack.virtual import VirtualClock

STARTED = datetime.fromtimestamp(1_700_000_000, UTC)
ME = Identity(url="https://team.slack.com/", team_id=TEAM, user_id=BOT, bot_id=BOT_ID)


def a_run(**changes: Any) -> Run:
    request = RunRequest(
        recipe="factcheck",
        text="x",
        asked_by="U1",
        place=Place(team=TEAM, channel="C1"),
        dedupe="1",
    )
    values = {
        "id": "r1",
        "request": request,
        "audience": Audience.CHANNEL,
        "created_at": STARTED,
    }
    return Run(**{**values, **changes})


def asked_in(place: Place, **changes: Any) -> Run:
    run = a_run(**changes)
    return run.model_copy(update={"request": run.request.model_copy(update={"place": place})})


@dataclass
class Memory:
    """What the publisher needs of `RunStore` and `Outbox`, and no more."""

    runs: dict[str, Run] = field(default_factory=dict)
    rows: dict[str, dict[str, Posted]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    looks: int = 0
    #: What happens while it is looked at.
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        self.looks += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        if run_id not in self.runs:
            raise NoSuchRun("There is no such run.")
        return self.runs[run_id]

    async def posted(self, run_id: str, /) -> Mapping[str, Posted]:
        return dict(self.rows.get(run_id, {}))

    async def put(self, run_id: str, message: Posted, /) -> None:
        self.rows.setdefault(run_id, {})[message.slot] = message

    async def undelivered(self) -> list[str]:
        return [run_id for run_id in self.runs if run_id not in self.shown]

    async def delivered(self, run: Run, /) -> None:
        self.shown.add(run.id)


class Recording(Limiter):
    """Remembers when each call might go: on the wire some real time passes that no clock sees."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.granted: list[tuple[float, Call]] = []

    async def turn(self, call: Call, *, ticket: int | None = None, until: float = math.inf) -> bool:
        granted = await super().turn(call, ticket=ticket, until=until)
        if granted:
            self.granted.append((self.clock.now(), call))
        return granted


@dataclass
class Stage:
    slack: FakeSlack
    clock: VirtualClock
    client: SlackClient
    url: str
    memory: Memory = field(default_factory=Memory)
    #: What a view would make of the run, by its id.
    views: dict[str, list[SlackMessage]] = field(default_factory=dict)
    #: The same where files are not for us.
    without_files: dict[str, list[SlackMessage]] = field(default_factory=dict)
    abandoned: list[tuple[str, str]] = field(default_factory=list)
    #: What is said of a run's rights when they are asked late, and how often that was.
    admission: Audience | Exception = Audience.CHANNEL
    admissions: int = 0

    def __post_init__(self) -> None:
        self.replies = Replies(self.client, api_url=self.url, clock=self.clock.now)
        self.limiter = Recording(self.clock)
        self.asking = Asking(self.client, self.limiter)
        self.workspace = Workspace(ME, self.client, self.limiter, self.asking)
        self.publisher = self.a_publisher()

    def a_publisher(self, **changes: Any) -> Publisher:
        means: dict[str, Any] = {
            "store": self.memory,
            "outbox": self.memory,
            "workspaces": OneWorkspace(self.workspace),
            "render": self.render,
            "abandon": self.abandon,
            "replies": self.replies,
            "admit": self.admit,
            "clock": self.clock,
            "today": self.today,
        }
        return Publisher(Means(**{**means, **changes}))

    def render(
        self, run: Run, story: Story, preference: Preference, *, files: bool = True
    ) -> list[SlackMessage]:
        if run.status is Status.FAILED and run.error in self.views:
            return self.views[run.error]
        return self.views[run.id] if files else self.without_files.get(run.id, self.views[run.id])

    async def admit(self, run: Run) -> Audience:
        self.admissions += 1
        if isinstance(self.admission, Exception):
            raise self.admission
        return self.admission

    def today(self) -> datetime:
        return STARTED + timedelta(seconds=self.clock.now())

    async def abandon(self, run_id: str, sentence: str) -> None:
        self.abandoned.append((run_id, sentence))
        run = self.memory.runs[run_id]
        if run.status is Status.OPEN:
            self.change(run.model_copy(update={"status": Status.FAILED, "error": sentence}))

    def change(self, run: Run, *messages: SlackMessage) -> None:
        """As the store does it: first the change, then the poke."""
        self.memory.runs[run.id] = run
        if messages:
            self.views[run.id] = list(messages)
        self.views.setdefault(run.id, [])
        self.publisher.poke(run.id)

    def texts(self, channel: str = "C1") -> list[str]:
        return [message["text"] for message in self.slack.rooms[channel].messages]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(8):
            while not condition():
                await asyncio.sleep(0.002)

    async def settled(self) -> None:
        """Everything is shown, and everybody is told."""
        await self.publisher.settled(8)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.publisher.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def staged(
    serve: Serve, *, breath: float = 0.004, clock: VirtualClock | None = None
) -> AsyncIterator[Stage]:
    clock = clock or VirtualClock(breath=breath)
    slack = FakeSlack(clock.now)
    url = await serve(slack.app())
    async with connect(
        "xoxb-secret-token", api_url=f"{url}/api/", seconds=2, clock=clock.now
    ) as client:
        clock.heed(client)
        yield Stage(slack=slack, clock=clock, client=client, url=f"{url}/api/")


def card(text: str, *, final: bool = False) -> SlackMessage:
    blocks = ({"type": "section", "text": {"type": "mrkdwn", "text": text}},)
    return SlackMessage(slot="card", text=text, blocks=blocks, in_thread=False, final=final)


def reply(slot: str, text: str, **more: Any) -> SlackMessage:
    return SlackMessage(slot=slot, text=text, blocks=(), **more)


DONE = {"status": Status.DONE}
FAILED = {"status": Status.FAILED, "error": "The <model> did not answer."}
RESULT = reply("result", "Refuted", final=True, broadcast=True)


def result_views() -> list[SlackMessage]:
    return [card("Refuted", final=True), RESULT, reply("branch:a", "vote")]


def one_of_each(stage: Stage) -> bool:
    """Whether `result_views` stand in the channel, each of them once."""
    return sorted(stage.texts()) == ["Refuted", "Refuted", "vote"]
