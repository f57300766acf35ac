"""What Slack has to know of the app: its ways in, and the least that it may do."""

from __future__ import annotations

from typing import Any

from bot.views.actions import SHORTCUTS
from bot.views.notices import PROMPTS

#: Without these nobody gets a result.
ESSENTIAL = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:write",
    "users:read",
)
#: What else the app may do, and what people go without where it may not.
FURTHER = {
    "app_mentions:read": "mentions of the app are not heard",
    "assistant:write": "the app is no agent: no suggested prompts and no Stop button",
    "files:read": "text files beside a claim are not read as evidence",
    "files:write": "long results are split into many messages",
    "im:history": "direct messages to the app are not heard or read",
    "im:read": "direct messages cannot be summarized",
    "mpim:history": "group direct messages cannot be summarized",
    "mpim:read": "group direct messages cannot be summarized",
}
SCOPES = tuple(sorted({*ESSENTIAL, *FURTHER}))
EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "team_access_revoked",
    "tokens_revoked",
)
#: Where Slack comes to, behind the public address of the bot.
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

_COMMANDS = (
    ("/factcheck", "Put a claim before a panel of voters", "the claim, or a link to a message"),
    (
        "/summarize",
        "Summarize this channel, a thread, files or other channels",
        "[link | #channels] [since 7d | since last | last 200] [about …] [for me]",
    ),
    (
        "/brainstorm",
        "Ideas for a problem from several lenses",
        "the problem, or a link to a message",
    ),
    (
        "/quorum",
        "Your runs, what they cost, safety checks, logs, tables, and help",
        "help | runs | show <id> | cancel <id> | safety <text> | logs <link> | "
        "extract <link> fields: name, amount: number",
    ),
)
#: By recipe: names of at most 24 characters.
_SHORTCUTS = {
    "factcheck": ("Fact-check message", "Put the claims of this message before a panel of voters"),
    "summarize": ("Summarize thread", "Summarize the thread that this message is in"),
    "brainstorm": ("Brainstorm on this", "Ideas from several lenses for what this message says"),
}
_LONG = (
    "Quorum answers by asking a model several questions at once. /factcheck puts a claim before a "
    "panel of voters with different roles. /summarize reads a thread or a channel in parts and "
    "merges them; every line links to the message it rests on. /brainstorm looks at a problem "
    "through several lenses. Each branch reports in a thread while it works, and the result comes "
    "back to the channel. What Quorum says is made by a language model: check it before you rely "
    "on it."
)


def manifest(url: str = "", *, socket: bool = False, rotate: bool = False) -> dict[str, Any]:
    """
    For a bot behind the public address *url*; with *socket* Slack needs none for events.

    *rotate*: tokens end after twelve hours and are renewed, which the bot can do for workspaces
    that installed the app through it. Slack does not let an app go back.
    """
    base = url.rstrip("/")
    events = {} if socket else {"request_url": base + EVENTS_PATH}
    redirect = {"redirect_urls": [base + REDIRECT_PATH]} if base else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Quorum",
            "description": "Several model calls side by side: fact-checks by vote, summaries by "
            "map-reduce, ideas by lenses.",
            "long_description": _LONG,
            "background_color": "#2b2d6e",
        },
        "features": _features("" if socket else base + EVENTS_PATH),
        "oauth_config": {**redirect, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events},
            "org_deploy_enabled": True,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": rotate,
        },
    }


def _features(events: str) -> dict[str, Any]:
    where = {"url": events} if events else {}
    return {
        "agent_view": {
            "agent_description": "Asks a model several questions at once: a panel votes on a "
            "claim, parts of a thread are summarized and merged, lenses find ideas.",
            "suggested_prompts": [
                {"title": title, "message": message} for title, message in PROMPTS
            ],
        },
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Quorum", "always_online": True},
        "shortcuts": [
            {
                "name": _SHORTCUTS[recipe][0],
                "type": "message",
                "callback_id": callback,
                "description": _SHORTCUTS[recipe][1],
            }
            for callback, recipe in SHORTCUTS.items()
        ],
        "slash_commands": [
            # people and channels in what is typed come as ids: names can be anything
            {
                "command": command,
                **where,
                "description": description,
                "usage_hint": hint,
                "should_escape": True,
            }
            for command, description, hint in _COMMANDS
        ],
    }
