"""The body of a run. Safe to enter again: answers already paid for are remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import partial

from bot.runs.branches import BranchStatus, fold
from bot.runs.citing import Citing
from bot.runs.errors import NoSuchRun, RunError, StorageFailed
from bot.runs.gathering import GATHERING, NoChecks, recalled
from bot.runs.meter import Meter, NoMeter
from bot.runs.model import Audience, Run, Status
from bot.runs.ports import FREE, Checks, Errand, ModelFor, Purse, Sources
from bot.runs.preparing import Given, Preparing
from bot.runs.purse import Budget
from bot.runs.remembering import Remembering
from bot.runs.sharing import Sharing, scope_of
from bot.runs.storage import RunStore
from bot.runs.timekeeping import Time, TimeKeeping
from bot.runs.vetting import Vetting
from patterns.errors import PatternError
from patterns.events import BranchDone, BranchFailed, BranchStarted, Event, Planned
from patterns.fanout import Limits
from patterns.ports import Model
from patterns.recipes import RECIPES, Result, estimate
from patterns.recipes.summarize import Summary
from patterns.task import Task

log = logging.getLogger(__name__)

#: Seconds after its deadline that a recipe has to end with what it has.
_GRACE = 10
#: Seconds for the last look at rights; who is asked may want us to wait.
_LAST_RIGHTS = 600
#: Of what failed before and is not asked again, because what was read is less now.
_NOT_NEEDED = "not needed any more"


#: Seconds for the look at a run that is over; a database that hangs must not hold up its cancel.
_LAST_LOOK = 1


class Executor:
    """
    *seconds* is the deadline of a whole run, from each time it is entered.

    *sharing* is one for all runs of the process. Without a *budget* nothing is counted.
    """

    def __init__(
        self,
        store: RunStore,
        sources: Sources,
        model_for: ModelFor,
        *,
        budget: Budget | None = None,
        sharing: Sharing | None = None,
        meter: Meter = NoMeter(),
        checks: Checks = NoChecks(),
        preparing: Preparing | None = None,
        limits: Limits = Limits(),
        seconds: float = 600,
    ) -> None:
        self._store = store
        self._sources = sources
        self._model_for = model_for
        self._budget = budget
        self._sharing = sharing or Sharing()
        self._meter = meter
        self._checks = checks
        self._preparing = preparing or Preparing(store, sources)
        self._limits = limits
        self._seconds = seconds

    async def execute(self, run_id: str) -> None:
        """Carry out an open run to its outcome; do nothing for a closed one."""
        run = await self._store.get(run_id, most=0)
        if run.status is not Status.OPEN:
            return
        log.info("run %s entered: %s", run_id, run.request.recipe)
        entered = _now()
        try:
            await self._carry_out(run)
        finally:
            # Its end is more than a word about it; it may be erased by now.
            with suppress(StorageFailed, TimeoutError, NoSuchRun):
                async with asyncio.timeout(_LAST_LOOK):
                    self._tell(await self._store.get(run_id, most=0), _now() - entered)

    async def _carry_out(self, run: Run) -> None:
        vetting = Vetting()
        try:
            result, given = await self._result(run, vetting)
        except (PatternError, RunError) as err:
            await self._fail(run.id, vetting.text(str(err)))
        except TimeoutError:
            await self._fail(run.id, f"This took longer than {self._seconds:g} seconds. Try less.")
        except StorageFailed:
            raise  # an outcome could not be written either: the engine enters again
        except Exception:  # the door of a run: a bug ends this run, not its neighbours
            log.exception("run %s broke", run.id)
            await self._fail(
                run.id, "Something broke on our side. Try again, and tell your admin the run id."
            )
        else:
            if await self._store.close(run.id, Status.DONE, result=vetting.value(result)):
                # Not before: who never saw a summary has not read what it was of.
                await self._preparing.over(run, given, whole=_is_whole(result))

    async def _result(self, run: Run, vetting: Vetting) -> tuple[Result, Given]:
        request = run.request
        sink = _Recorder(self._store, run, self._meter, vetting)
        async with asyncio.timeout(self._seconds) as alarm:
            audience = await self._admitted(run, run.audience)
            async with self._purse(run) as purse:
                alarm.reschedule(None)  # reading has a time of its own
                web = request.recipe in GATHERING and self._model_for.searches
                given = await self._preparing.given(run, vetting, sink, web=web)
                time = Time(until=_now() + self._seconds, seconds=self._seconds)
                alarm.reschedule(time.until)
                task = time.bounds(given.task)
                await self._estimate(run, task)
                sink.left = await self._left_before(run)
                errand = Errand(
                    run_id=run.id,
                    person=f"{request.place.team}/{request.asked_by}",
                    sink=sink,
                    purse=purse,
                    lost=partial(self._store.spend, run.id),
                )
                model = Citing(await self._model(run, errand, audience, time), vetting)
                # From here on questions and reading end in time, and the recipe with them.
                alarm.reschedule(time.until + _GRACE)
                result = await RECIPES[request.recipe](task, model, sink, self._limits)
            sink.leave()
            # Who may not read it any more is not shown what came of it.
            alarm.reschedule(_now() + _LAST_RIGHTS)
            await self._admitted(run, audience)
            return await recalled(result, self._checks, request, vetting), given

    async def _admitted(self, run: Run, known: Audience | None) -> Audience:
        """An audience only ever gets narrower."""
        audience = await self._sources.admit(run.request)
        if known is Audience.REQUESTER:
            return known
        if audience is not known:
            await self._store.admit(run.id, audience, model=self._model_for.name)
        return audience

    async def _left_before(self, run: Run) -> set[str]:
        """Branches that earlier attempts of a run did not get done."""
        if run.attempt == 1:
            return set()
        events = (await self._store.get(run.id)).events
        return {each.key for each in fold(events) if each.status is not BranchStatus.DONE}

    @asynccontextmanager
    async def _purse(self, run: Run) -> AsyncGenerator[Purse]:
        if self._budget is None:
            yield FREE
            return
        purse = await self._budget.open(run)
        try:
            async with asyncio.TaskGroup() as group:
                alive = group.create_task(purse.keep(), name=f"money of {run.id}")
                try:
                    yield purse
                finally:
                    alive.cancel()
        except BaseExceptionGroup as wrapped:
            err = wrapped.exceptions[0]  # the run's own, which its end is told by
            raise err from err.__cause__
        finally:
            await self._budget.close(purse)

    async def _estimate(self, run: Run, task: Task) -> None:
        """Once: what a run that is entered again has still to do is less."""
        guess = None if run.estimate else estimate(run.request.recipe, task)
        if guess is not None:
            priced = self._budget.priced(guess) if self._budget else guess
            await self._store.estimate(run.id, priced)

    async def _model(self, run: Run, errand: Errand, audience: Audience, time: Time) -> Model:
        """
        With the rings of a run: what it was told before, its deadline, and what others asked.

        Who asks for *fresh* answers takes none from others, but gives them.
        """
        scope = scope_of(run.request, audience, self._model_for.name)
        model = self._model_for(errand)
        if not run.request.fresh:
            model = await self._sharing.ring(model, scope)
        model = TimeKeeping(model, time)
        known = await self._store.answers(run.id)
        return Remembering(model, self._store, run.id, known, scope=scope)

    async def _fail(self, run_id: str, sentence: str) -> None:
        log.warning("run %s failed: %s", run_id, sentence)
        await self._store.close(run_id, Status.FAILED, error=sentence)

    def _tell(self, run: Run, seconds: float) -> None:
        """For who runs the bot; a run that was stopped and stays open is not over."""
        usage, recipe, status = run.usage, run.request.recipe, run.status
        if status is Status.OPEN:
            log.info("run %s stopped after %.1f s; it goes on later", run.id, seconds)
            return
        self._meter.run(recipe, status.value, seconds)
        log.info(
            "run %s %s in %.1f s, %d calls, %s tokens",
            run.id,
            status.value,
            seconds,
            usage.calls,
            f"{usage.tokens:,}",
            extra={
                "recipe": recipe,
                "outcome": status.value,
                "seconds": round(seconds, 3),
                "tokens": usage.tokens,
                "cost": usage.cost,
            },
        )


class _Recorder:
    """
    An event sink that writes into the store, and takes the time of what is in work.

    *left* are branches that an earlier attempt did not get done and this one has not planned yet.
    """

    def __init__(self, store: RunStore, run: Run, meter: Meter, vetting: Vetting) -> None:
        self.left = set[str]()
        self._store = store
        self._run_id = run.id
        self._recipe = run.request.recipe
        self._meter = meter
        self._vetting = vetting
        self._started: dict[str, float] = {}

    def emit(self, event: Event, /) -> None:
        self._store.append(self._run_id, self._vetting.value(event))
        match event:
            case Planned():
                self.left.difference_update(branch.key for branch in event.branches)
            case BranchStarted():
                self._started[event.branch] = _now()
            case BranchDone():
                self._over(event.branch, "done")
            case BranchFailed():
                self._over(event.branch, "failed")
            case _:
                pass

    def leave(self) -> None:
        """Nothing failed where there was nothing left to do."""
        for branch in sorted(self.left):
            self._store.append(self._run_id, BranchDone(branch=branch, headline=_NOT_NEEDED))

    def _over(self, branch: str, outcome: str) -> None:
        now = _now()
        self._meter.branch(self._recipe, outcome, now - self._started.pop(branch, now))


def _is_whole(result: Result) -> bool:
    """Was everything read that was to be?"""
    return isinstance(result, Summary) and not result.unread_parts and not result.stopped


def _now() -> float:
    return asyncio.get_running_loop().time()
