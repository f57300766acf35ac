"""A run's own answers: none is paid for twice, and none counts before it is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from pydantic import ValidationError

from bot.runs.errors import StorageFailed
from bot.runs.storage import Remembered, RunStore
from patterns.deadline import off_the_clock
from patterns.errors import ModelError
from patterns.ports import A, Model, Prompt, Reply

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds that a database has to come back before a paid answer is given up.
_PATIENCE = 60.0
#: Seconds until it is tried again: at first, and at most.
_PAUSE, _LONGEST_PAUSE = 0.5, 5.0


class Remembering:
    """
    *known* are the fingerprints of what the run has been answered so far, by key.

    Others in *scope* may be given what this run pays for. Nothing is held of what is answered
    from now on: there may be more of it than memory.
    """

    def __init__(
        self,
        model: Model,
        store: RunStore,
        run_id: str,
        known: Mapping[str, str],
        *,
        scope: str = "",
    ) -> None:
        self._model = model
        self._store = store
        self._run_id = run_id
        self._known = known
        self._scope = scope

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """
        An answer is committed before it counts.

        Raises `StorageFailed` where the database is away for more than a minute.
        """
        fingerprint = prompt.fingerprint
        if self._known.get(prompt.key) == fingerprint:
            known = await self._recalled(prompt)
            if known is not None:
                return known
        try:
            reply = await self._model.ask(prompt)
        except ModelError as err:
            if err.usage.calls:
                self._store.spend(self._run_id, prompt.key, err.usage)
            raise
        remembered = Remembered(
            key=prompt.key,
            fingerprint=fingerprint,
            body=reply.answer.model_dump_json(),
            usage=reply.usage,
            model=reply.model,
            # What was itself reused is not passed on: it would never become too old.
            scope=self._scope if reply.usage.calls else "",
        )
        await insisting(lambda: self._store.remember(self._run_id, remembered))
        return reply

    async def _recalled(self, prompt: Prompt[A]) -> Reply[A] | None:
        """None where the answer was kept by a version that wanted another shape of it."""
        known = await insisting(lambda: self._store.answer(self._run_id, prompt.key))
        try:
            answer = prompt.answer.model_validate_json(known.body)
        except ValidationError:
            log.warning("run %s: the answer of %s is asked anew", self._run_id, prompt.key)
            return None
        return Reply(answer=answer, usage=known.usage, model=known.model)


async def insisting(work: Callable[[], Awaitable[T]]) -> T:
    """
    Off the branch's clock: a moment without the database must not cost an answer that is paid.
    """
    loop = asyncio.get_running_loop()
    until, pause = loop.time() + _PATIENCE, _PAUSE
    with off_the_clock():
        while True:
            try:
                return await work()
            except StorageFailed as err:
                if loop.time() + pause > until:
                    raise
                log.warning("tried again in %g s: %s", pause, err)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
