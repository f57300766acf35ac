"""The app's Home: how to start, what was run lately, what it cost, how the workspace has set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.runs.desk import PAUSED
from bot.runs.lookup import Spent
from bot.runs.model import Run
from bot.runs.money import Caps
from bot.runs.workspace import Preference, ResultShown
from bot.views import listing, notices
from bot.views.actions import DETAILS, SETTINGS, START, ticket
from bot.views.blocks import Block, actions, button, context, header, section
from bot.views.mrkdwn import person
from bot.views.words import ago, counted

#: Runs that are listed.
RUNS_MOST = 20
_STARTS = {
    "factcheck": ("*Fact-check*: voters judge a claim, each by itself, and are counted", "Check"),
    "summarize": ("*Summarize*: what a conversation decided, asked and left open", "Summarize"),
    "brainstorm": ("*Brainstorm*: ideas from several points of view", "Brainstorm"),
}
_RESULTS = {
    None: "results go where whoever runs me has set it",
    ResultShown.EDIT: "results go into their card",
    ResultShown.BROADCAST: "results go to the channel as a message",
    ResultShown.BOTH: "results go into their card, and their conclusion to the channel",
}


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """*runs* are those that the person who looks may see, newest first; *links* are by run id."""

    runs: Sequence[Run]
    spent: Spent
    caps: Caps
    preference: Preference
    is_admin: bool
    links: Mapping[str, str]
    now: datetime


def home(page: HomePage) -> dict[str, Any]:
    return {"type": "home", "blocks": [*_start(page), *_runs(page), *_spent(page), *_set(page)]}


def _start(page: HomePage) -> list[Block]:
    paused = [section(f"⏸️ {PAUSED}")] if page.preference.paused else []
    starts = [
        section(text) | {"accessory": button(START, label, recipe)}
        for recipe, (text, label) in _STARTS.items()
    ]
    return [
        header("Several opinions instead of one"),
        section(
            "I ask a model several times side by side, show in a thread how it goes, and post "
            "what the answers agree on."
        ),
        *paused,
        *starts,
        context(notices.WAYS_IN),
    ]


def _runs(page: HomePage) -> list[Block]:
    shown = page.runs[:RUNS_MOST]
    listed = [_run(run, page) for run in shown] or [section(listing.NO_RUNS)]
    return [header("Recent runs"), *listed]


def _run(run: Run, page: HomePage) -> Block:
    facts = [
        listing.state(run),
        f"by {person(run.request.asked_by)}",
        ago(run.created_at, page.now),
        listing.private(run),
        listing.card(run, page.links),
    ]
    found = section(f"{listing.what(run)}\n{' · '.join(fact for fact in facts if fact)}")
    return found | {"accessory": button(DETAILS, "Details", str(ticket(run)))}


def _spent(page: HomePage) -> list[Block]:
    return [header("Usage"), section(listing.usage(page.spent, page.caps))]


def _set(page: HomePage) -> list[Block]:
    days = page.preference.keep_days
    kept = f"; questions and results are kept for {counted(days, 'day')}" if days else ""
    paused = "nothing new is started; " if page.preference.paused else ""
    told = f"In this workspace {paused}{_RESULTS[page.preference.result]}{kept}."
    if not page.is_admin:
        return [header("Settings"), section(told), context("Admins of the workspace change them.")]
    change = actions(button(SETTINGS, "Change settings", "settings"), block_id="settings")
    return [header("Settings"), section(told), change]
