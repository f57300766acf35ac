"""What people may look up: of all that was run in their workspace, what is theirs to see."""

from __future__ import annotations

from bot.runs.errors import NoSuchRun
from bot.runs.lookup import History, Rights
from bot.runs.model import Actor, Run, channels_of
from bot.runs.storage import RunStore

#: Runs that are looked at, newest first, for those that may be seen.
_LOOKED_AT = 50
#: Channels that are asked about for one look: each of them is a question or three to Slack.
_CHANNELS = 15
_ID = 32
NO_SUCH_RUN = "There is no such run."


class Archive:
    """What may not be seen and what does not exist answer alike."""

    def __init__(self, store: RunStore, history: History, rights: Rights) -> None:
        self._store = store
        self._history = history
        self._rights = rights

    async def recent(self, by: Actor, *, limit: int = 10, mine: bool = False) -> list[Run]:
        """
        The newest that *by* may see, without their events.

        With *mine* those that they asked for, whatever they may see by now: to do something with
        one, not to be shown; so it asks nobody, and may stand before an ack.
        """
        if mine:
            return await self._history.latest(by.team, user=by.user, limit=limit)
        seen: list[Run] = []
        channels: set[str] = set()
        for run in await self._history.latest(by.team, limit=_LOOKED_AT):
            channels |= _channels(run)
            if len(seen) == limit or len(channels) > _CHANNELS:
                break
            if await self._rights.may_see(by, run):
                seen.append(run)
        return seen

    async def show(self, by: Actor, run_id: str) -> Run:
        """With its events; the beginning of its id is enough. Raises `NoSuchRun`."""
        whole = run_id.strip().lower()
        if len(whole) < _ID:
            found = await self._history.named(by.team, whole) if whole else []
            if len(found) != 1:
                raise NoSuchRun(NO_SUCH_RUN)
            whole = found[0]
        run = await self._store.get(whole)
        if run.request.place.team != by.team or run.erased:
            raise NoSuchRun(NO_SUCH_RUN)
        if not await self._rights.may_see(by, run):
            raise NoSuchRun(NO_SUCH_RUN)
        return run


def _channels(run: Run) -> set[str]:
    """Those whose readers it concerns."""
    return {run.request.place.channel, *channels_of(run.request.source)}
