"""Whether we are where something is asked for: or it would be worked on, and shown to nobody."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.runs.errors import Unreadable
from bot.runs.model import Place
from bot.slack.asking import Asking
from bot.slack.errors import Gone, NoEntry, NotAllowed

INVITE = "I am not in that channel: invite me there by typing /invite @Quorum, then try again."
PRESENT_SECONDS = 60
PRESENT_MOST = 5_000
PATIENCE = 2.0  # seconds


class Presence:
    """
    A yes is kept for a minute, and a channel is asked about once at a time: a hundred claims in
    it are one question. Nobody waits for it long, or for a turn: it saves money, and guards
    nothing.
    """

    def __init__(self) -> None:
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._looking: dict[tuple[str, str], asyncio.Event] = {}

    async def check(self, asking: Asking, place: Place) -> None:
        """Raises `Unreadable` where we are not; `NoEntry` where we are nowhere."""
        key = (place.team, place.channel)
        while key in self._looking:
            await self._looking[key].wait()
        if place.channel.startswith("D") or self._is_known(key):
            return
        self._looking[key] = asyncio.Event()
        try:
            async with asyncio.timeout(PATIENCE):
                if await _are_there(asking, place.channel):
                    self._keep(key)
        except TimeoutError:
            return
        finally:
            self._looking.pop(key).set()

    def _is_known(self, key: tuple[str, str]) -> bool:
        return self._until.get(key, float("-inf")) > asyncio.get_running_loop().time()

    def _keep(self, key: tuple[str, str]) -> None:
        self._until[key] = asyncio.get_running_loop().time() + PRESENT_SECONDS
        self._until.move_to_end(key)
        while len(self._until) > PRESENT_MOST:
            self._until.popitem(last=False)


async def _are_there(asking: Asking, channel: str) -> bool:
    """False where nobody knows; raises `Unreadable` where we are not."""
    try:
        found = await asking.channel_at_once(channel)
    except NoEntry:
        raise
    except (Gone, NotAllowed) as err:
        raise Unreadable(INVITE) from err
    if found is not None and not found.can_be_read:
        raise Unreadable(INVITE)
    return found is not None
