"""What a Web API method works with, and the questions that most of them ask first."""

from __future__ import annotations

from dataclasses import dataclass

from playground.values import Channel, Message, Person, SlackError
from playground.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """The workspace as the bot sees it; *base* is the playground's own address, ending in `/`."""

    workspace: Workspace
    base: str

    @property
    def bot(self) -> str:
        return self.workspace.bot

    def place(self, channel: str) -> Channel:
        """A channel that the bot may know of: every public one, and those that it is in."""
        found = self.workspace.channels.get(channel)
        if found is None or (found.kind != "public" and self.bot not in found.members):
            raise SlackError("channel_not_found")
        return found

    def room(self, channel: str) -> Channel:
        """A channel that the bot is in."""
        found = self.place(channel)
        if self.bot not in found.members:
            raise SlackError("not_in_channel")
        return found

    def writable(self, channel: str) -> Channel:
        """A channel to post to; a person's id means the direct message with that person."""
        if channel in self.workspace.people:
            return self.workspace.direct(self.bot, channel)
        found = self.room(channel)
        if found.archived:
            raise SlackError("is_archived")
        return found

    def person(self, user: str) -> Person:
        found = self.workspace.people.get(user)
        if found is None:
            raise SlackError("user_not_found")
        return found

    def message(self, channel: str, ts: str | None, error: str = "message_not_found") -> Message:
        found = self.workspace.logs[channel].get(ts or "")
        if found is None:
            raise SlackError(error)
        return found

    def permalink(self, channel: str, message: Message) -> str:
        link = f"{self.base}archives/{channel}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            link += f"?thread_ts={message.thread_ts}&cid={channel}"
        return link
