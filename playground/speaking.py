"""What people do on the page: say something, type a command, press a button."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass

from playground import typed
from playground.deliveries import Answer, Deliveries
from playground.events import Events
from playground.parsing import parsed
from playground.pressing import pressed
from playground.response_urls import ResponseUrls, Ticket, show
from playground.shape import is_object
from playground.values import Json, Message, Person, SlackError
from playground.wire import APP_ID
from playground.workspace import Workspace

SLACKBOT = Person(id="USLACKBOT", name="Slackbot", bot=True)
TEXT_MOST, FILES_MOST = 12_000, 10


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command that the app declares, with Slack's hints for it."""

    name: str
    usage: str
    description: str


COMMANDS = (
    Command(name="/factcheck", usage="[claim]", description="A panel votes on a claim"),
    Command(
        name="/summarize",
        usage="[link | #channel | since 7d | last 200]",
        description="Decisions, actions and questions, each with its link",
    ),
    Command(name="/brainstorm", usage="[problem]", description="Ideas from several points of view"),
    Command(
        name="/quorum",
        usage="[help | runs | show | cancel | usage]",
        description="Your runs, and everything else",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What *person* typed in *channel*, inside a thread or not, and the ids of files with it."""

    person: str
    channel: str
    text: str
    thread_ts: str | None = None
    broadcast: bool = False
    files: tuple[str, ...] = ()


MENTION = re.compile(r"<@([A-Z0-9]+)>")


class Speaking:
    """Carries out what a person does, and shows the person what Slack would show."""

    def __init__(
        self, workspace: Workspace, deliveries: Deliveries, urls: ResponseUrls, events: Events
    ) -> None:
        self._workspace, self._deliveries = workspace, deliveries
        self._urls, self._events = urls, events

    async def say(self, speech: Speech, base: str) -> None:
        """Post the text as a message, or run it if it is a command."""
        self.require_member(speech.person, speech.channel)
        if not speech.text.strip() and not speech.files:
            raise SlackError("no_text")
        if len(speech.text) > TEXT_MOST:
            raise SlackError("msg_too_long")
        self._require_brought(speech)
        if speech.text.startswith("/"):
            await self._command(speech, base)
            return
        text = typed.stored(self._workspace, speech.person, speech.text.strip())
        self._events.said(speech.channel, self._post(speech, text))
        place = self._workspace.channels[speech.channel]
        if f"<@{self._workspace.bot}>" in text and self._workspace.bot not in place.members:
            self._slackbot(speech, "Quorum is not in this channel: type /invite @Quorum to add it.")

    def _post(self, speech: Speech, text: str) -> Message:
        message = Message(
            ts="",
            user=speech.person,
            text=text,
            thread_ts=speech.thread_ts,
            broadcast=speech.broadcast and speech.thread_ts is not None,
            files=speech.files,
            client_msg_id=secrets.token_hex(16),
        )
        return self._workspace.post(speech.channel, message)

    async def _command(self, speech: Speech, base: str) -> None:
        name, _, rest = speech.text.strip().partition(" ")
        if name == "/invite":
            self._invite(speech, rest)
            return
        if all(name != command.name for command in COMMANDS):
            self._slackbot(speech, f"{typed.escape(name)} is not a valid command.")
            return
        if speech.thread_ts:
            self._slackbot(speech, f"{name} is not supported in threads. Sorry!")
            return
        answer = await self._deliveries.send(self._command_form(speech, name, rest.strip(), base))
        if answer.error:
            self._slackbot(speech, _failure(name, answer))
            return
        said = _answered(answer)
        if said.get("response_type") == "in_channel":
            self._post(speech, typed.stored(self._workspace, speech.person, speech.text.strip()))
        if said:
            ticket = Ticket(channel=speech.channel, person=speech.person, born=0)
            self._try_show(ticket, said, speech)

    def _invite(self, speech: Speech, whom: str) -> None:
        found = MENTION.fullmatch(typed.stored(self._workspace, speech.person, whom.strip()))
        if found is None or found[1] not in self._workspace.people:
            self._slackbot(speech, "Say whom to invite, for example /invite @Quorum.")
            return
        self._workspace.join(speech.channel, found[1])
        self._post(speech, f"invited <@{found[1]}> to this channel.")

    def _command_form(self, speech: Speech, name: str, text: str, base: str) -> Json:
        place = self._workspace.channels[speech.channel]
        names = {"public": place.name, "private": "privategroup", "dm": "directmessage"}
        return {
            "token": "playground",
            "team_id": self._workspace.team,
            "team_domain": self._workspace.domain,
            "channel_id": place.id,
            "channel_name": names[place.kind],
            "user_id": speech.person,
            "user_name": self._workspace.people[speech.person].handle,
            "command": name,
            "text": typed.in_command(self._workspace, speech.person, text),
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": f"{base}response/{self._urls.mint(place.id, speech.person)}",
            "trigger_id": self._workspace.triggers.issue(speech.person),
        }

    async def press(self, person: str, channel: str, ts: str, where: Json, base: str) -> None:
        """Press the button *where* (block_id, action_id) of a message."""
        if not self._workspace.may_read(person, channel):
            raise SlackError("channel_not_found")
        message = self._workspace.find(channel, ts)
        if message is None or message.only_for not in {None, person}:
            raise SlackError("message_not_found")
        payload = self._payload(person, channel, message, pressed(message.blocks, where), base)
        answer = await self._deliveries.send({"payload": json.dumps(payload)})
        if answer.error:
            speech = Speech(person=person, channel=channel, text="", thread_ts=message.thread_ts)
            self._slackbot(speech, _failure("The button", answer))

    def _payload(
        self, person: str, channel: str, message: Message, action: Json, base: str
    ) -> Json:
        who, place = self._workspace.people[person], self._workspace.channels[channel]
        thread = message.thread_ts
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel,
            "is_ephemeral": message.only_for is not None,
        }
        secret = self._urls.mint(channel, person, message_ts=message.ts, thread=thread)
        return {
            "type": "block_actions",
            "api_app_id": APP_ID,
            "token": "playground",
            "team": {"id": self._workspace.team, "domain": self._workspace.domain},
            "user": {
                "id": person,
                "username": who.handle,
                "name": who.handle,
                "team_id": self._workspace.team,
            },
            "channel": {"id": channel, "name": place.name or "directmessage"},
            "container": container | ({"thread_ts": thread} if thread else {}),
            "message": self._workspace.wire(channel, message),
            "actions": [{**action, "action_ts": self._workspace.stamp()}],
            "state": {"values": {}},
            "trigger_id": self._workspace.triggers.issue(person),
            "response_url": f"{base}response/{secret}",
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _try_show(self, ticket: Ticket, said: Json, speech: Speech) -> None:
        try:
            show(self._workspace, ticket, said)
        except SlackError as refusal:
            self._slackbot(speech, f"The app's answer was refused: {refusal.code}")

    def _slackbot(self, speech: Speech, text: str) -> None:
        message = Message(
            ts="",
            user=SLACKBOT.id,
            text=text,
            thread_ts=speech.thread_ts,
            only_for=speech.person,
        )
        self._workspace.whisper(speech.channel, message)

    def _require_brought(self, speech: Speech) -> None:
        """A file is shared by who brought it, once, and not with a command."""
        if speech.files and speech.text.startswith("/"):
            raise SlackError("command_takes_no_files")
        if len(set(speech.files)) < len(speech.files) or len(speech.files) > FILES_MOST:
            raise SlackError("too_many_files")
        if not all(self._is_brought_by(speech.person, file_id) for file_id in speech.files):
            raise SlackError("file_not_found")

    def _is_brought_by(self, person: str, file_id: str) -> bool:
        file = self._workspace.shelf.get(file_id)
        own = file is not None and file.user == person and file.content is not None
        return own and not any(self._workspace.shares(file_id))

    def require_member(self, person: str, channel: str) -> None:
        """Raises `SlackError` where *person* may not write."""
        if person not in self._workspace.people:
            raise SlackError("user_not_found")
        place = self._workspace.channels.get(channel)
        if place is None or person not in place.members:
            raise SlackError("not_in_channel")


def _failure(what: str, answer: Answer) -> str:
    hint = " Is the bot running?" if answer.absent else ""
    return f'{what} failed with the error "{answer.error}".{hint}'


def _answered(answer: Answer) -> Json:
    """The body of a 200 as a response: JSON as it is, anything else as text, nothing as nothing."""
    if answer.content_type == "application/json":
        try:
            body: object = parsed(answer.body or "{}")
        except ValueError:
            body = {}
        return body if is_object(body) else {}
    return {"text": answer.body} if answer.body.strip() else {}
