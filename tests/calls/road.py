"""All that lies between a question and its sender, with stand-ins at both ends and beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

from bot.calls.answering import Answering
from bot.calls.estimates import Estimates
from bot.calls.hedging import Hedging
from bot.calls.port import Admission, Call, Completion, Gate
from bot.calls.sending import Sending
from bot.calls.trying import Trying
from bot.runs.meter import NoMeter
from bot.runs.money import Cost
from bot.runs.ports import Errand, Tell
from patterns.errors import BudgetSpent, ModelBusy
from patterns.events import BranchProgress
from patterns.ports import Answer, Prompt
from patterns.testing import ListSink
from patterns.usage import Usage

GOOD = json.dumps({"label": "refuted", "reason": "They see."})
TAKEN = Usage(calls=1, input_tokens=90, output_tokens=10)
SECONDS = 45


class Label(StrEnum):
    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_ENOUGH = "not_enough_evidence"


class Ballot(Answer):
    """Like one of a panel, and simpler."""

    label: Label
    reason: str


def ballot(key: str = "voter-1", claim: str = "Bats are blind") -> Prompt[Ballot]:
    return Prompt(key=key, title="Skeptic", system="Vote.", text=claim, answer=Ballot)


#: What the nth request meets (from 0): a text, an error, or seconds to take before *GOOD*.
Fate = str | Exception | float


class FakeSender:
    """
    *fate* decides for the nth request; each good one *found* pages and has *taken* so much.

    *calls* are all that arrived, *at_once* those open.
    """

    name = "fake"

    def __init__(
        self,
        *fates: Fate,
        fate: Callable[[int], Fate] = lambda number: GOOD,
        found: Collection[str] = (),
        taken: Usage = TAKEN,
    ) -> None:
        self._fates = fates
        self._found = frozenset(found)
        self._taken = taken
        self._fate = fate
        self.calls: list[Call] = []
        self.at: list[float] = []
        self.at_once = 0

    async def send(self, call: Call, /) -> Completion:
        number = len(self.calls)
        self.calls.append(call)
        self.at.append(asyncio.get_running_loop().time())
        fate = self._fates[number] if number < len(self._fates) else self._fate(number)
        self.at_once += 1
        try:
            await asyncio.sleep(fate if isinstance(fate, int | float) else 0)
        finally:
            self.at_once -= 1
        if isinstance(fate, Exception):
            raise fate
        text = fate if isinstance(fate, str) else GOOD
        return Completion(text=text, usage=self._taken, model="fake-1", found=self._found)


@dataclass
class Place:
    """An admission that insists on being left once."""

    gate: FakeGate
    over: bool = False

    def leave(self, *, tokens: int | None, ok: bool = True) -> None:
        assert not self.over, "left twice"
        self.over = True
        self.gate.inside -= 1
        self.gate.left.append((tokens, ok))

    def busy(self, retry_after: float | None) -> None:
        self.gate.until = asyncio.get_running_loop().time() + (retry_after or 1)
        self.leave(tokens=None, ok=False)


class FakeGate:
    """Lets everybody in, but in a cool-down. *tight* has no room for who is in no need."""

    def __init__(self, *, tight: bool = False, error: ModelBusy | None = None) -> None:
        self.inside = 0
        self.entered = 0
        self.until = 0.0
        self.refused: list[int] = []
        self.left: list[tuple[int | None, bool]] = []
        self._tight = tight
        self._error = error

    async def enter(
        self, errand: Errand, key: str, tokens: int, /, *, refused: int = 0
    ) -> Admission:
        self.refused.append(refused)
        if self._error:
            raise self._error
        wait = self.until - asyncio.get_running_loop().time()
        await asyncio.sleep(max(0, wait))
        return self._place()

    def enter_now(self, tokens: int, /) -> Admission | None:
        return None if self._tight else self._place()

    def _place(self) -> Place:
        self.inside += 1
        self.entered += 1
        return Place(self)


@dataclass
class FakePurse:
    """Holds *tokens*; never lets go of more, and insists that all comes back."""

    tokens: int = 10**9
    reserved: int = 0
    spent: int = 0
    most_reserved: int = 0
    settled: list[Cost] = field(default_factory=list[Cost])

    async def reserve(self, most: Cost, /, tell: Tell | None = None) -> None:
        await asyncio.sleep(0)
        if not self.reserve_now(most):
            raise BudgetSpent("the budget of this run is spent")

    def reserve_now(self, most: Cost, /) -> bool:
        if self.spent + self.reserved + most.tokens > self.tokens:
            return False
        self.reserved += most.tokens
        self.most_reserved = max(self.most_reserved, self.reserved)
        return True

    def settle(self, most: Cost, spent: Cost, /) -> None:
        self.reserved -= most.tokens
        self.spent += spent.tokens
        self.settled.append(spent)
        assert self.reserved >= 0, "given back twice"


class ListMeter(NoMeter):
    """Keeps what attempts ended in, and what hedges did."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.hedges: list[bool] = []
        self.usage = Usage()

    def attempt(self, model: str, outcome: str, seconds: float, /) -> None:
        self.outcomes.append(outcome)

    def hedge(self, model: str, /, *, won: bool) -> None:
        self.hedges.append(won)

    def spent(self, model: str, usage: Usage, /) -> None:
        self.usage += usage


class Road:
    """One model and one errand. *lost* is what the errand was told of, by branch."""

    def __init__(
        self,
        sender: FakeSender,
        *,
        gate: Gate | None = None,
        purse: FakePurse | None = None,
        hedge: bool = False,
        chance: float = 0,
        cost: Callable[[Usage], int] = lambda usage: 0,
    ) -> None:
        self.sender = sender
        self.gate = gate if isinstance(gate, FakeGate) else FakeGate()
        self.purse = purse or FakePurse()
        self.meter = ListMeter()
        self.sink = ListSink()
        self.lost: list[tuple[str, Usage]] = []
        self.estimates = Estimates()
        errand = Errand(
            sink=self.sink, purse=self.purse, lost=lambda key, usage: self.lost.append((key, usage))
        )
        sending = Sending(
            sender, cost=cost, estimates=self.estimates, meter=self.meter, seconds=SECONDS
        )
        hedging = Hedging(sending, gate or self.gate, meter=self.meter, on=hedge)
        trying = Trying(hedging, gate or self.gate, chance=lambda: chance)
        self.ask = Answering(trying, sending, errand, most_output=1000).ask

    @property
    def notes(self) -> list[str]:
        return [event.note for event in self.sink.events if isinstance(event, BranchProgress)]

    def is_clear(self) -> bool:
        """Nobody is inside, and no money is held back."""
        return self.gate.inside == self.sender.at_once == self.purse.reserved == 0
