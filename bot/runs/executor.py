"""The body of a run. Safe to enter again: answers already paid for are remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from bot.runs.errors import RunError, StorageFailed
from bot.runs.model import Audience, Run, Status
from bot.runs.ports import ModelFor, Remembered, RunStore, Sources
from patterns.errors import ModelError, PatternError
from patterns.events import Event
from patterns.fanout import Limits
from patterns.ports import A, Model, Prompt, Reply
from patterns.recipes import RECIPES, Result
from patterns.task import Task

log = logging.getLogger(__name__)


class Executor:
    """*seconds* is the deadline of a whole run, from each time it is entered."""

    def __init__(
        self,
        store: RunStore,
        sources: Sources,
        model_for: ModelFor,
        *,
        limits: Limits = Limits(),
        seconds: float = 600,
    ) -> None:
        self._store = store
        self._sources = sources
        self._model_for = model_for
        self._limits = limits
        self._seconds = seconds

    async def execute(self, run_id: str) -> None:
        """Carry out an open run to its outcome; do nothing for a closed one."""
        run = await self._store.get(run_id)
        if run.status is not Status.OPEN:
            return
        log.info("run %s entered: %s", run_id, run.request.recipe)
        try:
            result = await self._result(run)
        except (PatternError, RunError) as err:
            await self._fail(run_id, str(err))
        except TimeoutError:
            await self._fail(run_id, f"This took longer than {self._seconds:g} seconds. Try less.")
        except StorageFailed:
            raise  # an outcome could not be written either: the engine enters again
        except Exception:  # the door of a run: a bug ends this run, not its neighbours
            log.exception("run %s broke", run_id)
            await self._fail(
                run_id, "Something broke on our side. Try again, and tell your admin the run id."
            )
        else:
            await self._store.close(run_id, Status.DONE, result=result)
            log.info("run %s done", run_id)

    async def _result(self, run: Run) -> Result:
        request = run.request
        async with asyncio.timeout(self._seconds):
            audience = await self._sources.admit(request)
            if audience is not run.audience and run.audience is not Audience.REQUESTER:
                await self._store.admit(run.id, audience, model=self._model_for.name)
            messages = await self._sources.read(request) if request.source else ()
            sink = _Recorder(self._store, run.id)
            known = await self._store.answers(run.id)
            model = _Remembering(self._model_for(sink), self._store, run.id, known)
            task = Task(
                text=request.text, messages=messages, depth=request.depth, voters=request.voters
            )
            return await RECIPES[request.recipe](task, model, sink, self._limits)

    async def _fail(self, run_id: str, sentence: str) -> None:
        log.warning("run %s failed: %s", run_id, sentence)
        await self._store.close(run_id, Status.FAILED, error=sentence)


class _Remembering:
    """A model that never pays for the same question of a run twice."""

    def __init__(
        self, model: Model, store: RunStore, run_id: str, known: Mapping[str, Remembered]
    ) -> None:
        self._model = model
        self._store = store
        self._run_id = run_id
        self._known = known

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """An answer is committed before it counts."""
        fingerprint = prompt.fingerprint
        known = self._known.get(prompt.key)
        if known and known.fingerprint == fingerprint:
            answer = prompt.answer.model_validate_json(known.body)
            return Reply(answer=answer, usage=known.usage, model=known.model)
        try:
            reply = await self._model.ask(prompt)
        except ModelError as err:
            if err.usage.calls:
                await self._store.spend(self._run_id, prompt.key, err.usage)
            raise
        await self._store.remember(
            self._run_id,
            Remembered(
                key=prompt.key,
                fingerprint=fingerprint,
                body=reply.answer.model_dump_json(),
                usage=reply.usage,
                model=reply.model,
            ),
        )
        return reply


class _Recorder:
    """An event sink that writes into the store."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        self._store = store
        self._run_id = run_id

    def emit(self, event: Event, /) -> None:
        self._store.append(self._run_id, event)
