"""What every lane works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.runs.model import Run
from bot.runs.ports import Abandon
from bot.runs.storage import Outbox, RunStore
from bot.runs.workspace import AsDelivered, Preference, Preferences
from bot.showing.admission import Admit
from bot.showing.replies import Replies
from bot.slack.limiter import Clock, WallClock
from bot.slack.workspaces import Workspaces
from bot.views.message import SlackMessage
from bot.views.story import Story


class Render(Protocol):
    """The view of a run, as its workspace wants it; without *files*, all in messages."""

    def __call__(
        self, run: Run, story: Story, preference: Preference, /, *, files: bool
    ) -> list[SlackMessage]: ...


def _today() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Means:
    """*abandon* ends a run that can't be shown where it was asked for."""

    store: RunStore
    outbox: Outbox
    workspaces: Workspaces
    render: Render
    abandon: Abandon
    replies: Replies
    admit: Admit
    preferences: Preferences = field(default_factory=AsDelivered)
    clock: Clock = field(default_factory=WallClock)
    today: Callable[[], datetime] = _today
