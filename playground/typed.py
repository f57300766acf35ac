"""What a person types, as Slack stores it: escaped, with names and links made into tokens."""

from __future__ import annotations

import re

from playground.workspace import Workspace

# One pass over the raw text: a link, a person, a channel, a broadcast, or a character to escape.
# Links end before closing punctuation, as people write them inside sentences.
TOKEN = re.compile(
    r"<?(?P<link>https?://[^\s<>]*[^\s<>.,;:!?'\")\]])>?"
    r"|(?<![\w@])@(?P<person>[\w.-]*\w)"
    r"|(?<![\w#&])#(?P<channel>[\w-]+)"
    r"|(?P<special>[&<>])"
)
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
BROADCASTS = {"here", "channel", "everyone"}


def escape(text: str) -> str:
    return re.sub("[&<>]", lambda hit: ESCAPES[hit[0]], text)


def stored(workspace: Workspace, person: str, text: str) -> str:
    """*text* as *person*'s message holds it. Unknown names stay as they were typed."""

    def token(hit: re.Match[str]) -> str:
        if link := hit["link"]:
            return f"<{escape(link)}>"
        if name := hit["person"]:
            return _mention(workspace, name.lower()) or hit[0]
        if name := hit["channel"]:
            return _channel(workspace, person, name) or hit[0]
        return ESCAPES[hit["special"]]

    return TOKEN.sub(token, text)


def _mention(workspace: Workspace, name: str) -> str | None:
    if name in BROADCASTS:
        return f"<!{name}>"
    for who in workspace.people.values():
        if name in {who.handle, who.first_name.lower()}:
            return f"<@{who.id}>"
    return None


def _channel(workspace: Workspace, person: str, name: str) -> str | None:
    """A channel's token, only for channels that the typing person can see."""
    for place in workspace.channels.values():
        if place.name == name and workspace.may_read(person, place.id):
            return f"<#{place.id}|{place.name}>"
    return None


def in_command(workspace: Workspace, person: str, text: str) -> str:
    """*text* as a slash command carries it when the app asked Slack to escape it."""

    def named(hit: re.Match[str]) -> str:
        return f"<@{hit[1]}|{workspace.people[hit[1]].handle}>"

    return re.sub(r"<@(U\w+)>", named, stored(workspace, person, text))
