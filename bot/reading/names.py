"""People's names, and all that one of their messages says."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from bot.slack.asking import Asking
from bot.slack.errors import SlackError
from bot.slack.wire import RawMessage, User

log = logging.getLogger(__name__)

KNOWN_MOST = 5_000
AT_ONCE = 4
NAME_MOST = 80

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>")
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class Names:
    """Names by team and user, kept in memory. People of other teams are "external" to this one."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def of(self, users: Iterable[str], team: str, asking: Asking) -> Mapping[str, str]:
        """A name for every one of *users*, a made-up one where Slack tells none."""
        found: dict[str, str] = {}
        free = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for user in dict.fromkeys(users):
                if known := self._known.get((team, user)):
                    found[user] = known
                else:
                    found[user] = f"Someone ({user[-4:]})"
                    group.create_task(self._learn(found, user, team, asking, free))
        while len(self._known) > KNOWN_MOST:
            self._known.popitem(last=False)
        return found

    async def _learn(
        self, found: dict[str, str], user: str, team: str, asking: Asking, free: asyncio.Semaphore
    ) -> None:
        async with free:
            try:
                found[user] = self._known[team, user] = called(await asking.user(user), team)
            except SlackError as err:
                log.info("no name for a person: %s", err)


def called(user: User, team: str) -> str:
    """The name by which *team* knows *user*."""
    if user.team_id != team or user.is_stranger:
        return f"External ({user.id[-4:]})"
    names = (user.profile.display_name, user.profile.real_name, user.real_name, user.name)
    return next((name for given in names if (name := one_line(given or ""))), user.id)


def one_line(name: str) -> str:
    """A name is one short line, whatever was put into it."""
    return " ".join(_ODD.sub(" ", name).split())[:NAME_MOST]


def mentioned(text: str) -> set[str]:
    """Ids of the people mentioned in *text*."""
    return set(_MENTION.findall(text))


def content(message: RawMessage) -> str:
    """What *message* says, in Slack's markup, with what is attached to it."""
    parts = [message.text or ""]
    parts += [each.text or each.fallback or "" for each in message.attachments]
    parts += [f"[file: {one_line(each.title or each.name or '')}]" for each in message.files]
    return "\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
