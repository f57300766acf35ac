"""Evidence as a run is given it: what was found near it, what came of the claim before."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.runs.errors import StorageFailed
from bot.runs.model import Run, RunRequest
from bot.runs.ports import Checks, Sources
from bot.runs.remembering import insisting
from bot.runs.storage import Remembered, RunStore
from bot.runs.vetting import Vetting
from patterns.evidence import Earlier, Found
from patterns.learned import UNLEARNED, Learned
from patterns.recipes.factcheck.verdict import ClaimVerdict, FactCheck
from patterns.usage import Usage

log = logging.getLogger(__name__)

V = TypeVar("V", bound=BaseModel)

#: Recipes that look for evidence near the place where they are asked for. What they say may
#: hold words of that place, as if it were their source.
GATHERING = frozenset({"factcheck"})


class NoChecks:
    """For who remembers nothing."""

    async def of(self, claim: str, request: RunRequest, /) -> Sequence[Earlier]:
        return ()


class NoLearnings:
    """For who has learned nothing."""

    async def of(self, team: str, /) -> Learned:
        return UNLEARNED


class _Near(BaseModel):
    """What was found, and the names behind the pseudonyms in it."""

    model_config = ConfigDict(frozen=True)

    found: tuple[Found, ...]
    people: Mapping[str, str]


class Gathering:
    """
    Implements `Evidence` for one run. What was found for its claims stays the same from then on,
    also that there was nothing: who enters the run again asks the same questions, and pays for
    no vote twice.

    It is kept before it is used, as an answer that cost nothing and is for nobody else; so it is
    erased with them. *vetting* hears all that may be shown of it.
    """

    def __init__(self, run: Run, store: RunStore, sources: Sources, vetting: Vetting) -> None:
        self._run = run
        self._store = store
        self._sources = sources
        self._vetting = vetting

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        near = await self._near(claims)
        self._vetting.met(near.people)
        for passage in (passage for each in near.found for passage in each.passages):
            for said in (passage.text, passage.title, passage.link):
                self._vetting.asked(said)
        return near.found

    async def _near(self, claims: Sequence[str]) -> _Near:
        fingerprint = hashlib.sha256(json.dumps([*claims]).encode()).hexdigest()
        key = f"evidence-{fingerprint[:12]}"
        known = await insisting(lambda: self._store.answers(self._run.id))
        near = await self._kept(key) if known.get(key) == fingerprint else None
        if near is not None:
            return near
        near = await self._looked(claims)
        kept = Remembered(
            key=key,
            fingerprint=fingerprint,
            body=near.model_dump_json(),
            usage=Usage(),
            model="",
        )
        await insisting(lambda: self._store.remember(self._run.id, kept))
        return near

    async def _kept(self, key: str) -> _Near | None:
        """None where it was kept by a version that gave it another shape."""
        kept = await insisting(lambda: self._store.answer(self._run.id, key))
        try:
            return _Near.model_validate_json(kept.body)
        except ValidationError:
            log.warning("run %s: evidence is looked for anew", self._run.id)
            return None

    async def _looked(self, claims: Sequence[str]) -> _Near:
        people: dict[str, str] = {}
        run = self._run
        evidence = self._sources.evidence(run.request, people.update, run.created_at)
        found = await evidence.nearby(claims)
        return _Near(found=tuple(found), people=people)


async def recalled(result: V, checks: Checks, request: RunRequest, vetting: Vetting) -> V:
    """
    *result*, with what came of its claims before.

    That is for people. Told to a panel it would be a vote before the votes, and the same claim
    would never be the same question again: nobody could be given the answers to it.
    """
    if not isinstance(result, FactCheck):
        return result
    claims: list[ClaimVerdict] = []
    for claim in result.claims:
        try:
            # kept with people's names in it
            before = await checks.of(vetting.text(claim.claim), request)
        except StorageFailed as err:
            log.warning("what came of a claim before is not known: %s", err)
            return result
        claims.append(claim.model_copy(update={"earlier": (*claim.earlier, *before)}))
    return result.model_copy(update={"claims": tuple(claims)})
