"""A run's own answers: none is paid for twice, and none counts before it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from bot.runs.ports import Remembered, RunStore
from patterns.errors import ModelError
from patterns.ports import A, Model, Prompt, Reply


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
        """An answer is committed before it counts."""
        fingerprint = prompt.fingerprint
        if self._known.get(prompt.key) == fingerprint:
            known = await self._store.answer(self._run_id, prompt.key)
            answer = prompt.answer.model_validate_json(known.body)
            return Reply(answer=answer, usage=known.usage, model=known.model)
        try:
            reply = await self._model.ask(prompt)
        except ModelError as err:
            if err.usage.calls:
                self._store.spend(self._run_id, prompt.key, err.usage)
            raise
        await self._store.remember(
            self._run_id,
            Remembered(
                key=prompt.key,
                fingerprint=fingerprint,
                body=reply.answer.model_dump_json(),
                usage=reply.usage,
                model=reply.model,
                # What was itself reused is not passed on: it would never become too old.
                scope=self._scope if reply.usage.calls else "",
            ),
        )
        return reply
