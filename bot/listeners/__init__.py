"""What Slack can say to us. Listeners translate; they do not work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from slack_bolt.async_app import AsyncApp

from bot.listeners import errors
from bot.listeners.afterwards import Afterwards
from bot.listeners.ballots import Ballots
from bot.listeners.buttons import Buttons
from bot.listeners.commands import Commands
from bot.listeners.events import Events, Goodbyes, Heard, Stops
from bot.listeners.forms import Forms
from bot.listeners.home import HomeTab
from bot.listeners.lookups import Lookups
from bot.listeners.mentions import Mentions
from bot.listeners.ports import Aside, Leaving, Replies, Screens
from bot.listeners.quorum import Quorum
from bot.listeners.shortcuts import Shortcuts
from bot.listeners.starting import Starting
from bot.runs.archive import Archive
from bot.runs.desk import Desk
from bot.runs.limits import KEEP_DAYS_MOST
from bot.runs.lookup import Rights, Spending
from bot.runs.money import Caps
from bot.runs.polling import Polling
from bot.runs.ports import Learnings
from bot.runs.workspace import Preferences


def register(
    app: AsyncApp,
    desk: Desk,
    *,
    archive: Archive,
    spending: Spending,
    learnings: Learnings,
    polling: Polling,
    caps: Caps,
    preferences: Preferences,
    rights: Rights,
    leaving: Leaving,
    replies: Replies,
    screens: Screens,
    aside: Aside,
    most_days: int = KEEP_DAYS_MOST,
    clock: Callable[[], float] = time.time,
) -> None:
    """*most_days* is how long things are kept where a workspace did not choose."""
    after = Afterwards(aside, replies=replies, screens=screens)
    starting = Starting(desk, replies=replies, screens=screens, clock=clock)
    lookups = Lookups(
        desk, archive, spending, learnings, caps=caps, screens=screens, afterwards=after
    )
    home = HomeTab(
        lookups,
        preferences,
        rights,
        screens=screens,
        afterwards=after,
        most_days=most_days,
        clock=clock,
    )
    _register_commands(app, starting, lookups, after)
    Buttons(desk, starting, lookups, after).register(app)
    Ballots(polling, after).register(app)
    home.register(app)
    Forms(desk, starting, home, after).register(app)
    Events(_heard(desk, leaving, Mentions(starting, lookups, after), home)).register(app)
    errors.register(app)


def _register_commands(
    app: AsyncApp, starting: Starting, lookups: Lookups, after: Afterwards
) -> None:
    """And shortcuts: commands for where none can be typed."""
    commands = Commands(starting, after)
    commands.register(app)
    Quorum(commands, lookups, after).register(app)
    Shortcuts(starting, after).register(app)


def _heard(desk: Desk, leaving: Leaving, mentions: Mentions, home: HomeTab) -> Mapping[str, Heard]:
    goodbyes = Goodbyes(leaving)
    return {
        "app_mention": mentions.on_message,
        "message": mentions.on_message,
        "app_home_opened": home.on_opened,
        "agent_session_stopped": Stops(desk).on_stopped,
        "app_uninstalled": goodbyes.on_uninstalled,
        "tokens_revoked": goodbyes.on_revoked,
        "team_access_revoked": goodbyes.on_teams_revoked,
    }
