"""Evidence as a run is given it: what was found near it, what came of the claim before."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from bot.runs.errors import StorageFailed
from bot.runs.model import RunRequest
from bot.runs.ports import Checks
from bot.runs.vetting import Vetting
from patterns.evidence import Earlier, Evidence, Found
from patterns.learned import UNLEARNED, Learned
from patterns.recipes.factcheck.verdict import ClaimVerdict, FactCheck

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


class Gathering:
    """Implements `Evidence`. *vetting* hears all that may be shown of what is *near*."""

    def __init__(self, near: Evidence, vetting: Vetting) -> None:
        self._near = near
        self._vetting = vetting

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        found = await self._near.nearby(claims)
        for passage in (passage for each in found for passage in each.passages):
            for said in (passage.text, passage.title, passage.link):
                self._vetting.asked(said)
        return found


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
