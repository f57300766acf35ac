"""What people do outside of the message field: message shortcuts, forms, the Home tab, Stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from playground import views
from playground.context import Context
from playground.deliveries import Answer, Deliveries
from playground.parsing import parsed
from playground.pressing import filled, pressed
from playground.response_urls import ResponseUrls
from playground.shape import is_object
from playground.values import Json, Message, SlackError
from playground.wire import APP_ID
from playground.workspace import Modal, Workspace

TROUBLE = "We had some trouble connecting. Try again?"
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """An entry of a message's menu that the app declares."""

    callback_id: str
    name: str


SHORTCUTS = (
    Shortcut(callback_id="factcheck_message", name="Fact-check message"),
    Shortcut(callback_id="summarize_thread", name="Summarize thread"),
    Shortcut(callback_id="brainstorm_message", name="Brainstorm on this"),
)


class Screens:
    """Carries out what a person does; *event* delivers one of the Events API."""

    def __init__(
        self,
        workspace: Workspace,
        deliveries: Deliveries,
        urls: ResponseUrls,
        event: Callable[[Json], object],
    ) -> None:
        self._workspace, self._deliveries = workspace, deliveries
        self._urls, self._event = urls, event

    # Messages

    async def shortcut(
        self, person: str, channel: str, ts: str, callback_id: str, base: str
    ) -> None:
        """A message shortcut works on whatever its person can read, also without the bot there."""
        message = self._readable(person, channel, ts)
        if all(callback_id != known.callback_id for known in SHORTCUTS):
            raise SlackError("shortcut_not_found")
        place, thread = self._workspace.channels[channel], message.thread_ts
        secret = self._urls.mint(channel, person, message_ts=ts, thread=thread)
        payload = self._payload("message_action", person) | {
            "callback_id": callback_id,
            "action_ts": self._workspace.stamp(),
            "channel": {"id": channel, "name": place.name or "directmessage"},
            "message_ts": ts,
            "message": self._workspace.wire(channel, message),
            "response_url": f"{base}response/{secret}",
        }
        answer = await self._send(payload)
        if answer.error:
            said = f'The shortcut failed with the error "{answer.error}".'
            whisper = Message(ts="", user=SLACKBOT, text=said, thread_ts=thread, only_for=person)
            self._workspace.whisper(channel, whisper)

    def _readable(self, person: str, channel: str, ts: str) -> Message:
        if not self._workspace.may_read(person, channel):
            raise SlackError("channel_not_found")
        message = self._workspace.logs[channel].get(ts)
        if message is None or message.tombstone:
            raise SlackError("message_not_found")
        return message

    # Forms

    async def submit(self, person: str, view_id: str, given: Json, base: str) -> Json:
        """What the form shows next: `errors` by block, or nothing when it closed or changed."""
        modal = self._modal(person, view_id)
        values, errors = filled(modal.view, given)
        if errors:
            return {"errors": errors}
        view = {**modal.view, "state": {"values": values}}
        answer = await self._send(
            self._payload("view_submission", person) | {"view": view, "response_urls": []}
        )
        if answer.error:
            return {"errors": {"": TROUBLE}}
        return self._answered(modal, answer, base)

    def _answered(self, modal: Modal, answer: Answer, base: str) -> Json:
        said = _object(answer.body) if answer.body.strip() else {}
        match said.get("response_action"):
            case None | "clear":
                self._workspace.close_modal(modal.view["id"])
            case "update":
                context = Context(self._workspace, base)
                try:
                    view = views.made(context, said.get("view"), "modal", modal.view)
                except SlackError:
                    return {"errors": {"": TROUBLE}}
                self._workspace.show_modal(modal.person, view)
            case "errors" if _fits(modal.view, said.get("errors")):
                return {"errors": said["errors"]}
            case _:
                return {"errors": {"": TROUBLE}}
        return {}

    async def close(self, person: str, view_id: str) -> None:
        """The app hears of it only if it asked to."""
        view = self._modal(person, view_id).view
        self._workspace.close_modal(view_id)
        if view["notify_on_close"]:
            payload = self._payload("view_closed", person)
            await self._send(payload | {"view": view, "is_cleared": False})

    async def press(self, person: str, view_id: str, where: Json) -> None:
        """Press a button of a form or of the Home tab."""
        home = self._workspace.homes.get(person)
        at_home = home is not None and home["id"] == view_id
        view = home if home is not None and at_home else self._modal(person, view_id).view
        action = pressed(view["blocks"], where) | {"action_ts": self._workspace.stamp()}
        answer = await self._send(
            self._payload("block_actions", person)
            | {
                "container": {"type": "view", "view_id": view_id},
                "view": view,
                "state": view["state"],
                "actions": [action],
            }
        )
        if answer.error:
            raise SlackError(answer.error)

    def _modal(self, person: str, view_id: str) -> Modal:
        modal = self._workspace.modals.get(view_id)
        if modal is None or modal.person != person:
            raise SlackError("view_not_found")
        return modal

    # The app's own place

    def open_app(self, person: str, tab: str) -> Json:
        """A person looks at a tab of the app, `home` or `messages`."""
        workspace = self._workspace
        if person not in workspace.people or tab not in ("home", "messages"):
            raise SlackError("invalid_arguments")
        channel, view = workspace.direct(workspace.bot, person).id, workspace.homes.get(person)
        event = {"type": "app_home_opened", "user": person, "channel": channel, "tab": tab}
        seen = {"view": view} if view and tab == "home" else {}
        self._event({**event, **seen, "event_ts": workspace.stamp()})
        return {"channel": channel, "view": view}

    def stop(self, person: str, channel: str, thread_ts: str) -> None:
        """The Stop button of an agent at work. It stays at work until the app says otherwise."""
        if not self._workspace.may_read(person, channel):
            raise SlackError("channel_not_found")
        if self._workspace.sessions.get((channel, thread_ts)) != "processing":
            raise SlackError("session_not_found")
        self._event(
            {
                "type": "agent_session_stopped",
                "channel": channel,
                "thread_ts": thread_ts,
                "user": person,
                "streaming_message_ts": [],
                "event_ts": self._workspace.stamp(),
            }
        )

    def _payload(self, kind: str, person: str) -> Json:
        """What every payload of an interaction begins with."""
        workspace = self._workspace
        handle = workspace.people[person].handle
        return {
            "type": kind,
            "api_app_id": APP_ID,
            "token": "playground",
            "team": {"id": workspace.team, "domain": workspace.domain},
            "user": {"id": person, "username": handle, "name": handle, "team_id": workspace.team},
            "trigger_id": workspace.triggers.issue(person),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def _send(self, payload: Json) -> Answer:
        return await self._deliveries.send({"payload": json.dumps(payload)})


def _object(text: str) -> Json:
    """What is no object is an answer that Slack does not understand."""
    try:
        value = parsed(text)
    except ValueError:
        value = None
    return value if is_object(value) else {"response_action": "unknown"}


def _fits(view: Json, errors: object) -> bool:
    """Whether each error belongs to a field of *view*; one that does not spoils them all."""
    fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    return is_object(errors) and bool(errors) and errors.keys() <= fields
