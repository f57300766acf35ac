"""Whether we are where something is asked for: or it would be worked on, and shown to nobody."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.runs.errors import Unreadable
from bot.runs.model import Place
from bot.slack.asking import Asking
from bot.slack.errors import Gone, NoEntry, NotAllowed, Unavailable

INVITE = "I am not in that channel: invite me there by typing /invite @Quorum, then try again."
PRESENT_SECONDS = 60
PRESENT_MOST = 5_000


class Presence:
    """A yes is kept for a minute, and one asks at a time: a hundred claims are one question."""

    def __init__(self) -> None:
        self._asking = asyncio.Lock()
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def check(self, asking: Asking, place: Place) -> None:
        """Raises `Unreadable` where we are not; a Slack that does not answer is no reason."""
        if place.channel.startswith("D"):
            return
        key = (place.team, place.channel)
        now = asyncio.get_running_loop().time
        async with self._asking:
            if self._until.get(key, float("-inf")) > now():
                return
            try:
                found = await asking.channel(place.channel)
            except Unavailable:
                return
            except (Gone, NotAllowed) as err:
                if isinstance(err, NoEntry):
                    raise
                raise Unreadable(INVITE) from err
            if not found.can_be_read:
                raise Unreadable(INVITE)
            self._until[key] = now() + PRESENT_SECONDS
            while len(self._until) > PRESENT_MOST:
                self._until.popitem(last=False)
