"""The same question is asked once: at the same moment, or again within the next days."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Collection
from contextlib import suppress
from copy import copy
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.runs.errors import StorageFailed
from bot.runs.meter import Meter, NoMeter
from bot.runs.model import Audience, RunRequest, channels_of
from bot.runs.storage import Remembered, Shelf
from patterns.deadline import off_the_clock
from patterns.errors import BudgetSpent, ModelError
from patterns.ports import A, Model, Prompt, Reply
from patterns.usage import Usage

log = logging.getLogger(__name__)

#: An answer that just came is handed on from memory: its way into the database takes a moment.
#: So many of them, and for so many seconds.
_RECENT, _RECENT_SECONDS = 256, 60
#: So long, in seconds, a question waits for the same one of somebody else, who may be waiting
#: for money or for a turn. Hardly an answer takes longer.
_LONGEST_WAIT = 30

#: Scope, shape of the answer, fingerprint.
_Key = tuple[str, type[BaseModel], str]


def scope_of(request: RunRequest, audience: Audience, model: str) -> str:
    """
    Names those who may be given each other's answers of the *model* of that name.

    That is the workspace; where something is read, who reads the same channel; and the person
    alone where the result is for that person alone, or on the console. So nobody is given what
    they may not read. It would take more than that: the words of the question, with all that
    was read for it, are the key to its answer, and they were read with the rights of who asks.

    So it is with evidence, too, which is read beside a claim that was typed and is no *source*:
    its passages stand in the question, so an answer that quotes a private channel is found only
    by a run that has read the same words there for somebody with the right to.
    """
    place = request.place
    channel = "+".join(sorted(channels_of(request.source)))
    alone = place.on_console or request.private or audience is Audience.REQUESTER
    return "/".join((place.team, channel, request.asked_by if alone else "", model))


class EmptyShelf:
    """For who keeps no answers."""

    async def known(self, scope: str, /) -> Collection[str]:
        return ()

    async def find(self, scope: str, fingerprint: str, /) -> Remembered | None:
        return None


class _Flight:
    """A question that somebody is asking for all who wait."""

    def __init__(self) -> None:
        self.reply: Reply[Any] | None = None
        self.error: ModelError | None = None
        self._over = asyncio.Event()

    def land(self) -> None:
        self._over.set()

    async def outcome(self) -> Reply[Any] | None:
        """
        Off the branch's clock. None where there is none, or none in time: one of those who
        waited must ask.
        """
        with off_the_clock(), suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_WAIT):
                await self._over.wait()
        if self.error is not None:
            # One for each, and it cost them nothing: a traceback grows wherever it is raised.
            error = copy(self.error)
            error.usage = Usage()
            raise error
        return self.reply


class Sharing:
    """
    All questions of a process. Who is given an answer that others paid for has no usage.

    Without a *shelf* only what is in flight is shared, and nothing is kept.
    """

    def __init__(self, shelf: Shelf | None = None, meter: Meter = NoMeter()) -> None:
        self._shelf = shelf or EmptyShelf()
        self._keeps = shelf is not None
        self._meter = meter
        self._flights: dict[_Key, _Flight] = {}
        self._landed: OrderedDict[_Key, tuple[float, Reply[Any]]] = OrderedDict()

    async def ring(self, model: Model, scope: str) -> Model:
        """Around the *model* of one run; asks once what is kept for its *scope*."""
        try:
            known = await self._shelf.known(scope)
        except StorageFailed as err:
            log.warning("kept answers cannot be read, all is asked anew: %s", err)
            known = ()
        return _Shared(self, model, scope, known)

    async def kept(self, prompt: Prompt[A], scope: str, fingerprint: str) -> Reply[A] | None:
        """From the days before; None where it is of no use, or gone since it was heard of."""
        try:
            found = await self._shelf.find(scope, fingerprint)
            if found is None:
                return None
            answer = prompt.answer.model_validate_json(found.body)
        except (StorageFailed, ValidationError) as err:
            log.warning("a kept answer cannot be used: %s", type(err).__name__)
            return None
        self._meter.reused("kept")
        return Reply(answer=answer, model=found.model)

    async def ask(self, prompt: Prompt[A], model: Model, scope: str, fingerprint: str) -> Reply[A]:
        """
        The first asks, others wait for its reply, or for its `ModelError`.

        Whoever is cancelled, is late or has no money left gives up alone: another one asks, and
        also beside a first one who has nothing to show for a long time.
        """
        key = (scope, prompt.answer, fingerprint)
        reply, waited_for = self._just_landed(key), None
        while reply is None:
            flight = self._flights.get(key)
            if flight is None or flight is waited_for:
                return await self._lead(key, prompt, model)
            reply, waited_for = await flight.outcome(), flight
        self._meter.reused("shared")
        return replace(reply, usage=Usage())

    async def _lead(self, key: _Key, prompt: Prompt[A], model: Model) -> Reply[A]:
        flight = self._flights[key] = _Flight()
        try:
            reply = await model.ask(prompt)
        except BudgetSpent:
            raise  # others may have money
        except ModelError as err:
            flight.error = err
            raise
        else:
            flight.reply = reply
            self._land(key, reply)
            return reply
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]
            flight.land()

    def _land(self, key: _Key, reply: Reply[Any]) -> None:
        if not self._keeps:
            return
        self._landed[key] = (asyncio.get_running_loop().time(), reply)
        if len(self._landed) > _RECENT:
            self._landed.popitem(last=False)

    def _just_landed(self, key: _Key) -> Reply[Any] | None:
        landed = self._landed.get(key)
        if landed is None:
            return None
        at, reply = landed
        return reply if asyncio.get_running_loop().time() - at <= _RECENT_SECONDS else None


class _Shared:
    """One run's part in it. *known* are fingerprints of what was kept when the run was entered."""

    def __init__(self, sharing: Sharing, model: Model, scope: str, known: Collection[str]) -> None:
        self._sharing = sharing
        self._model = model
        self._scope = scope
        self._known = known

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        fingerprint = prompt.fingerprint
        if fingerprint in self._known:
            kept = await self._sharing.kept(prompt, self._scope, fingerprint)
            if kept is not None:
                return kept
        return await self._sharing.ask(prompt, self._model, self._scope, fingerprint)
