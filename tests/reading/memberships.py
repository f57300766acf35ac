"""A fake Slack that knows more of its channels, and can be asked without a wire."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.errors import NotAllowed, classify
from tests.fakes.slack_api import Call, FakeSlack, Json, Refused, Room


class Memberships(FakeSlack):
    """
    *shared* with another company; *teams* that have a channel, where Slack tells them; private
    ones that the app is *told_anyway* of, without being in.
    """

    def __init__(self, *, page: int = 1000) -> None:
        super().__init__(page=page)
        self.shared: set[str] = set()
        self.teams: dict[str, list[str]] = {}
        self.broken = ""
        self.told_anyway: set[str] = set()

    def _conversations_info(self, args: Json) -> Json:
        room = self.rooms.get(args["channel"], Room())
        if args["channel"] in self.told_anyway:
            return {"channel": {"id": args["channel"], "is_private": True, "is_member": False}}
        told: Json = super()._conversations_info(args)["channel"]
        told["is_mpim"] = room.kind == "mpim"
        told["is_archived"] = room.archived
        told["is_ext_shared"] = args["channel"] in self.shared
        if room.kind in {"im", "mpim"}:
            del told["is_member"]  # Slack does not say so of direct messages
        if teams := self.teams.get(args["channel"]):
            told |= {"shared_team_ids": teams, "context_team_id": teams[0]}
        return {"channel": told}

    def answer(self, method: str, args: Json) -> Json:
        """Without a wire; raises `Refused`, with what is *broken* for every question."""
        self.calls.append(Call(method, args, self.clock()))
        if self.broken:
            raise Refused(self.broken)
        return dict(getattr(self, "_" + method.replace(".", "_"))(args))


class Direct:
    """What reading needs of a client: thousands of questions take no sockets. No file is given."""

    def __init__(self, slack: Memberships) -> None:
        self._slack = slack

    async def ask(self, method: str, **arguments: Any) -> Json:
        args = {name: value for name, value in arguments.items() if value is not None}
        try:
            return self._slack.answer(method, args)
        except Refused as err:
            said = {"ok": False, "error": str(err)}
            reply = SlackResponse(
                client=None,
                http_verb="GET",
                api_url="",
                req_args={},
                data=said,
                headers={},
                status_code=200,
            )
            raise classify(method, SlackApiError("no", reply)) from None

    @asynccontextmanager
    async def opened(self, what: str, url: str) -> AsyncGenerator[Any]:
        self._slack.calls.append(Call(what, {"file": url}, self._slack.clock()))
        raise NotAllowed(what, "http_403")
        yield
