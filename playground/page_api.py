"""What the page asks of its server: the state, messages by window, and what a person does."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from playground.arguments import is_number
from playground.deliveries import Deliveries
from playground.guard import Handler, base
from playground.limits import Limits
from playground.log import Log
from playground.parsing import parsed
from playground.screens import SHORTCUTS
from playground.shape import is_list, is_object
from playground.speaking import COMMANDS, SLACKBOT, Speaking, Speech
from playground.values import Channel, Json, Message, Person, SlackError
from playground.workspace import Workspace

PAGE_DEFAULT, PAGE_MOST, ACTORS_MOST = 100, 300, 12


class PageApi:
    """The handlers under `/playground/`; every one acts for the person named by `as`."""

    def __init__(
        self,
        workspace: Workspace,
        speaking: Speaking,
        deliveries: Deliveries,
        limits: Limits,
        fresh: Callable[[], Workspace],
    ) -> None:
        self._workspace, self._speaking = workspace, speaking
        self._deliveries, self._limits, self._fresh = deliveries, limits, fresh

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/playground/state", self.state),
            web.get("/playground/messages", self.messages),
            web.get("/playground/thread", self.thread),
            web.get("/playground/bot", self.bot),
            web.get("/playground/calls", self.calls),
            web.post("/playground/say", self.say),
            web.post("/playground/press", self.press),
            web.post("/playground/join", self.join),
            web.post("/playground/direct", self.direct),
            web.post("/playground/settings", self.settings),
            web.post("/playground/redeliver", self.redeliver),
            web.post("/playground/reset", self.reset),
        ]

    # Reading

    async def state(self, request: web.Request) -> web.Response:
        workspace = self._workspace
        me = request.query.get("as", "")
        actors = self._actors()
        me = me if me in actors else next(iter(actors), "")
        places = [c for c in workspace.channels.values() if workspace.may_read(me, c.id)]
        people = {p.id: _person(p) for p in (*workspace.people.values(), SLACKBOT)}
        return web.json_response(
            {
                "team": workspace.name,
                "me": me,
                "base": base(request),
                "bot": workspace.bot,
                "actors": [{"id": a, "role": _role(workspace.people[a])} for a in actors],
                "people": people,
                "channels": [self._channel(me, c) for c in places],
                "commands": [vars(command) for command in COMMANDS],
                "shortcuts": [vars(shortcut) for shortcut in SHORTCUTS],
                "settings": self._settings(),
            }
        )

    def _actors(self) -> list[str]:
        inside = {m for c in self._workspace.channels.values() for m in c.members}
        known = self._workspace.people.values()
        return [p.id for p in known if p.id in inside and not p.bot and not p.deleted][:ACTORS_MOST]

    def _channel(self, me: str, place: Channel) -> Json:
        return {
            "id": place.id,
            "name": place.name,
            "kind": place.kind,
            "topic": place.topic,
            "member": me in place.members,
            "members": list(place.members),
            "archived": place.archived,
            "newest": self._workspace.logs[place.id].newest(),
            "prompts": self._workspace.prompts.get(place.id),
            "working": [
                thread_ts
                for (channel, thread_ts), status in self._workspace.sessions.items()
                if channel == place.id and status == "processing"
            ],
        }

    async def messages(self, request: web.Request) -> web.Response:
        """A window of a channel, oldest first: the newest, or before, after, around a `ts`."""
        channel, log = self._readable(request)
        query = request.query
        if around := query.get("around"):
            return web.json_response(self._around(channel, log, around))
        limit = _limit(query.get("limit", ""))
        found = log.between(query.get("after"), query.get("before"))
        page = found[:limit] if "after" in query else found[-limit:]
        return web.json_response(self._window(channel, log, page))

    def _around(self, channel: str, log: Log, ts: str) -> Json:
        said = log.get(ts)
        if said is None:
            raise SlackError("message_not_found")
        root = ts if said.in_channel else str(said.thread_ts)
        before = log.between(None, root, inclusive=True)[-PAGE_DEFAULT // 2 :]
        page = before + log.between(root, None)[: PAGE_DEFAULT // 2]
        thread = said.thread_ts if said.is_reply else None
        return {**self._window(channel, log, page), "target": root, "thread": thread}

    def _window(self, channel: str, log: Log, page: list[Message]) -> Json:
        return {
            "messages": [self._workspace.wire(channel, said) for said in page],
            "older": bool(page) and bool(log.between(None, page[0].ts)),
            "newer": bool(page) and bool(log.between(page[-1].ts, None)),
        }

    async def thread(self, request: web.Request) -> web.Response:
        channel, log = self._readable(request)
        root = log.get(log.root_of(request.query.get("ts", "")) or "")
        if root is None:
            raise SlackError("thread_not_found")
        page = [root, *log.replies(root.ts)]
        return web.json_response({"messages": [self._workspace.wire(channel, s) for s in page]})

    def _readable(self, request: web.Request) -> tuple[str, Log]:
        channel = request.query.get("channel", "")
        if not self._workspace.may_read(request.query.get("as", ""), channel):
            raise SlackError("channel_not_found")
        return channel, self._workspace.logs[channel]

    async def bot(self, _: web.Request) -> web.Response:
        deliveries = self._deliveries
        return web.json_response(
            {
                "online": await deliveries.online(),
                "sockets": len(deliveries.sockets.connections),
                "waiting": deliveries.waiting,
            }
        )

    async def calls(self, _: web.Request) -> web.Response:
        """The Web API calls so far, oldest first, for tests and the curious."""
        return web.json_response([vars(call) for call in self._workspace.calls])

    # Doing

    async def say(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        files = body.get("files")
        speech = Speech(
            person=str(body.get("as", "")),
            channel=str(body.get("channel", "")),
            text=str(body.get("text", "")),
            thread_ts=str(body.get("thread_ts") or "") or None,
            broadcast=bool(body.get("broadcast")),
            files=tuple(map(str, files)) if is_list(files) else (),
        )
        await self._speaking.say(speech, base(request))
        return web.json_response({"ok": True})

    async def press(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, channel = str(body.get("as", "")), str(body.get("channel", ""))
        own = base(request)
        await self._speaking.press(person, channel, str(body.get("ts", "")), body, own)
        return web.json_response({"ok": True})

    async def join(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, channel = str(body.get("as", "")), str(body.get("channel", ""))
        if not self._workspace.may_read(person, channel):
            raise SlackError("channel_not_found")
        self._workspace.join(channel, person)
        return web.json_response({"ok": True})

    async def direct(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        person, other = str(body.get("as", "")), str(body.get("with", ""))
        if not {person, other} <= self._workspace.people.keys() or person == other:
            raise SlackError("user_not_found")
        return web.json_response({"channel": self._workspace.direct(person, other).id})

    async def settings(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if isinstance(wanted := body.get("rate_limits"), bool):
            self._limits.on = wanted
        if isinstance(offline := body.get("offline"), bool):
            self._deliveries.offline = offline
        if isinstance(lose := body.get("lose"), bool):
            self._deliveries.lose = int(lose)
        said = self._settings()
        self._workspace.tell_all({"kind": "settings", "settings": said})
        return web.json_response(said)

    def _settings(self) -> Json:
        deliveries = self._deliveries
        return {
            "rate_limits": self._limits.on,
            "offline": deliveries.offline,
            "lose": bool(deliveries.lose),
        }

    async def redeliver(self, _: web.Request) -> web.Response:
        """Send the last delivery once more, as Slack does after a timeout."""
        answer = await self._deliveries.again()
        error = answer.error if answer else "nothing_to_redeliver"
        return web.json_response({"ok": not error, "error": error})

    async def reset(self, _: web.Request) -> web.Response:
        self._workspace.become(self._fresh())
        return web.json_response({"ok": True})


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A refusal of the page's own API is a 400 with its word."""
    try:
        return await handler(request)
    except SlackError as refusal:
        return web.json_response({"ok": False, "error": refusal.code}, status=400)


async def body_of(request: web.Request) -> Json:
    try:
        body = parsed(await request.read())
    except ValueError as err:
        raise SlackError("invalid_json") from err
    if not is_object(body):
        raise SlackError("json_not_object")
    return body


def _person(who: Person) -> Json:
    return {"name": who.name, "handle": who.handle, "title": who.title, "bot": who.bot}


def _role(who: Person) -> str:
    return "guest" if who.guest else "admin" if who.admin else "member"


def _limit(text: str) -> int:
    return min(int(text), PAGE_MOST) if is_number(text) and int(text) else PAGE_DEFAULT
