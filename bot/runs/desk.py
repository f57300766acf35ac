"""What people can do with a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.runs.branches import BranchStatus, fold
from bot.runs.errors import NoSuchRun, NotNow
from bot.runs.lookup import NoRights, Rights
from bot.runs.model import Actor, Audience, Place, Rating, Run, RunRequest, Status
from bot.runs.ports import Engine
from bot.runs.storage import RunStore
from bot.runs.workspace import AsDelivered, Preferences

#: For a workspace whose admins let nobody start anything.
PAUSED = "Your admins have paused me in this workspace: nothing new is started at the moment."


class Did(StrEnum):
    """What became of a wish."""

    YES = "yes"
    #: It is so already: a second click, or somebody was quicker.
    ALREADY = "already"
    #: Of a run that is over, or of one that is not over yet.
    TOO_LATE = "too late"
    TOO_EARLY = "too early"
    NOT_YOURS = "not yours"
    #: Nothing of it failed.
    NOTHING = "nothing"


@dataclass(frozen=True)
class Submitted:
    """*new* is False for a run that stands for the same delivery or the same open question."""

    run: Run
    new: bool


class Desk:
    """
    The only door to runs for listeners and the console.

    With *as_admin*, who did not ask for a run may do as they wish with it if they are an admin
    of its workspace; that has to be asked, so not before an ack. Raises `NoSuchRun`, also for
    runs of another workspace.
    """

    def __init__(
        self,
        store: RunStore,
        engine: Engine,
        *,
        rights: Rights = NoRights(),
        preferences: Preferences = AsDelivered(),
    ) -> None:
        self._store = store
        self._engine = engine
        self._rights = rights
        self._preferences = preferences

    async def submit(self, request: RunRequest) -> Submitted:
        """Write the run down, then start it. Raises `NotNow`."""
        await self._check_pause(request.place.team)
        while True:
            if run := await self._store.add(request):
                await self._engine.start(run.id)
                return Submitted(run, new=True)
            if run := await self._store.known(request):
                return Submitted(run, new=False)
            # The one with the same question ended between the two looks: this one is new.

    async def cancel(self, run_id: str, *, by: Actor, as_admin: bool = False) -> Did:
        """Write first, stop second: a run stopped by a deploy stays open and is resumed."""
        run = await find(self._store, run_id, by)
        if not await may(self._rights, run, by, as_admin=as_admin):
            return Did.NOT_YOURS
        if run.status is Status.CANCELLED:
            return Did.ALREADY
        return Did.YES if await self._cancel(run_id) else Did.TOO_LATE

    async def stop(self, place: Place, *, by: Actor) -> int:
        """Cancel what *by* asked for in this thread; how many runs that were."""
        found = await self._store.open_of(by, place.channel, place.thread_ts)
        return sum([await self._cancel(run_id) for run_id in found])

    async def retry(self, run_id: str, attempt: int, *, by: Actor, as_admin: bool = False) -> Did:
        """
        Open a run again for what failed of it; what was answered is not asked again.

        *attempt* is the one that is seen to have failed: a second click opens nothing. Raises
        `NotNow`.
        """
        run = await find(self._store, run_id, by, events=True)
        if not await may(self._rights, run, by, as_admin=as_admin):
            return Did.NOT_YOURS
        if run.attempt != attempt:
            return Did.ALREADY
        if run.status is Status.OPEN:
            return Did.TOO_EARLY
        if not can_retry(run):
            return Did.NOTHING
        await self._check_pause(by.team)
        if not await self._store.reopen(run_id, attempt):
            return Did.ALREADY
        await self._engine.start(run_id)
        return Did.YES

    async def rerun(
        self, run_id: str, *, by: Actor, dedupe: str, as_admin: bool = False
    ) -> Submitted | Did:
        """The same once more, with new answers and with *by*'s own rights. Raises `NotNow`."""
        run = await find(self._store, run_id, by)
        if not await may(self._rights, run, by, as_admin=as_admin):
            return Did.NOT_YOURS
        if run.status is Status.OPEN:
            return Did.TOO_EARLY
        changed = {
            "asked_by": by.user,
            "dedupe": dedupe,
            "question": f"once more {run_id} by {by.user}",  # a double click is two deliveries
            "fresh": True,
        }
        return await self.submit(run.request.model_copy(update=changed))

    async def share(self, run_id: str, *, by: Actor) -> Did:
        """Show a private result in the channel: for who asked alone to decide."""
        run = await find(self._store, run_id, by)
        if run.request.asked_by != by.user:
            return Did.NOT_YOURS
        if run.status is not Status.DONE:
            return Did.TOO_EARLY
        if run.audience is not Audience.REQUESTER:
            return Did.NOTHING
        return Did.YES if await self._store.share(run_id, by.user) else Did.ALREADY

    async def rate(self, run_id: str, rating: Rating, *, by: Actor, reason: str = "") -> Did:
        """Whoever was shown a result may say what they think of it."""
        run = await find(self._store, run_id, by)
        if not was_shown(run, by):
            return Did.NOT_YOURS
        if run.status is not Status.DONE:
            return Did.TOO_EARLY
        await self._store.rate(run_id, by.user, rating, reason=reason)
        return Did.YES

    async def abandon(self, run_id: str, sentence: str) -> None:
        """End a run that cannot go on, with *sentence* for the person who asked."""
        if await self._store.close(run_id, Status.FAILED, error=sentence):
            await self._engine.cancel(run_id)

    async def _check_pause(self, team: str) -> None:
        if (await self._preferences.of(team)).paused:
            raise NotNow(PAUSED)

    async def _cancel(self, run_id: str) -> bool:
        closed = await self._store.close(run_id, Status.CANCELLED)
        if closed:
            await self._engine.cancel(run_id)
        return closed


async def find(store: RunStore, run_id: str, by: Actor, *, events: bool = False) -> Run:
    """Raises `NoSuchRun`, also for one of another workspace, and for one that is erased."""
    run = await store.get(run_id, most=None if events else 0)
    if run.request.place.team != by.team or run.erased:
        raise NoSuchRun("There is no such run.")
    return run


async def may(rights: Rights, run: Run, by: Actor, *, as_admin: bool) -> bool:
    """Do with it what is for who asked; *as_admin*: and for admins of the workspace."""
    if run.request.asked_by == by.user:
        return True
    return as_admin and await rights.is_admin(by)


def was_shown(run: Run, by: Actor) -> bool:
    """Has *by* been shown its result, or could they have been?"""
    shown_to_all = run.audience is not Audience.REQUESTER or bool(run.shared_by)
    return shown_to_all or run.request.asked_by == by.user


def can_retry(run: Run) -> bool:
    """Did something of it fail that may work another time? *run* has its events."""
    if run.status in {Status.FAILED, Status.CANCELLED}:
        return True
    return any(branch.status is BranchStatus.FAILED for branch in fold(run.events))
