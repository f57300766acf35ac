"""What may be spent: costs, caps on them, and what a run may hold of what is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.runs.model import RunRequest
from patterns.task import Depth
from patterns.usage import Usage

#: In tokens, for a run of normal depth: twice what its calls can cost at most, all at once. A
#: fact-check may be one of eight claims, each with a panel and three searches of its own, and a
#: search reads pages by the ten thousand tokens. A summary may be of half a year of a busy channel,
#: an extraction of thousands of rows.
_BY_RECIPE = {
    "factcheck": 1_000_000,
    "summarize": 1_500_000,
    "brainstorm": 120_000,
    "logs": 400_000,
    "extract": 1_500_000,
}
_OF_ANOTHER_RECIPE = 120_000
#: The panel that the cap of a fact-check is meant for.
_VOTERS = 5
#: Of what is left, who asks for more than it needs at once gets no more than this part.
_SHARE = 8
#: A dollar has so many millionths.
MICROS = 1_000_000
_CAP = re.compile(r"(?P<dollar>\$?)(?P<number>\d{1,12}(\.\d{1,6})?)(?P<unit>[kM]?)")
_UNITS = {"": 1, "k": 1_000, "M": 1_000_000}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """*micros* are millionths of a US dollar; 0 where the model has no known price."""

    tokens: int = 0
    micros: int = 0

    @classmethod
    def of(cls, usage: Usage) -> Cost:
        return cls(tokens=usage.tokens, micros=usage.cost)

    def __add__(self, other: Cost) -> Cost:
        return Cost(tokens=self.tokens + other.tokens, micros=self.micros + other.micros)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(tokens=self.tokens - other.tokens, micros=self.micros - other.micros)

    def at_least(self, other: Cost) -> Cost:
        """The greater of the two, tokens and dollars each."""
        return Cost(tokens=max(self.tokens, other.tokens), micros=max(self.micros, other.micros))

    def within(self, other: Cost) -> bool:
        """Is it at most *other*, tokens and dollars both?"""
        return self.tokens <= other.tokens and self.micros <= other.micros


@dataclass(frozen=True, kw_only=True)
class Cap:
    """The most that may be spent; None where there is no limit."""

    tokens: int | None = None
    micros: int | None = None

    def __str__(self) -> str:
        said = [
            f"{self.tokens:,} tokens" if self.tokens is not None else "",
            dollars(self.micros) if self.micros is not None else "",
        ]
        return " or ".join(part for part in said if part) or "no limit"

    def holds(self, cost: Cost) -> bool:
        """Is *cost* within the cap?"""
        return (self.tokens is None or cost.tokens <= self.tokens) and (
            self.micros is None or cost.micros <= self.micros
        )

    def limit(self, cost: Cost) -> Cost:
        """*cost*, or the cap where that is less."""
        return Cost(
            tokens=cost.tokens if self.tokens is None else min(cost.tokens, self.tokens),
            micros=cost.micros if self.micros is None else min(cost.micros, self.micros),
        )

    def less(self, cost: Cost) -> Cap:
        """What of the cap is left after *cost*; below 0 where it was overdrawn."""
        return Cap(
            tokens=None if self.tokens is None else self.tokens - cost.tokens,
            micros=None if self.micros is None else self.micros - cost.micros,
        )


NO_CAP = Cap()


@dataclass(frozen=True, kw_only=True)
class Caps:
    """*run* is None where each recipe's own cap is good. Days and months are those of UTC."""

    run: Cap | None = None
    person_day: Cap = Cap(tokens=2_000_000)
    workspace_month: Cap = Cap(tokens=50_000_000)

    def of_run(self, request: RunRequest) -> Cap:
        if self.run is not None:
            return self.run
        tokens = _BY_RECIPE.get(request.recipe, _OF_ANOTHER_RECIPE)
        if request.depth is Depth.DEEP:
            tokens *= 2
        if request.voters and request.voters > _VOTERS:
            tokens = tokens * request.voters // _VOTERS
        return Cap(tokens=tokens)

    @property
    def in_dollars(self) -> bool:
        """Is any of them? Then every call must have a price."""
        return any(
            cap is not None and cap.micros is not None
            for cap in (self.run, self.person_day, self.workspace_month)
        )


class Span(StrEnum):
    """What a cap on more than one run is for."""

    DAY = "person's day"
    MONTH = "workspace's month"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """
    What a run wants to hold, in all and from its beginning; each bound includes the one before.

    It has *spent* some for certain and may be spending up to *bound* now; *least* is what its
    next request needs, *wanted* what would spare it asking again soon.
    """

    spent: Cost
    bound: Cost
    least: Cost
    wanted: Cost

    def after(self, said: Cost) -> Claim:
        """
        The claim as it is when the run once *said* that it has spent more.

        Answers that were paid for and never written down are not remembered by who enters a run
        again.
        """
        forgotten = said.at_least(self.spent) - self.spent
        return Claim(
            spent=self.spent + forgotten,
            bound=self.bound + forgotten,
            least=self.least + forgotten,
            wanted=self.wanted + forgotten,
        )


@dataclass(frozen=True, kw_only=True)
class Others:
    """
    What the other runs within a cap have: *held* of it in all, of which they may give *idle*
    back.
    """

    held: Cost = Cost()
    idle: Cost = Cost()


@dataclass(frozen=True, kw_only=True)
class Held:
    """
    What a run may spend in all, from now on; *spent* is more than it claimed where it forgot.

    *short* names the cap that does not allow the claim's least; *hopeful* says whether it would
    if others gave back what they do not use.
    """

    cost: Cost
    spent: Cost = Cost()
    short: Span | None = None
    hopeful: bool = False


def grant(claim: Claim, caps: Caps, day: Others, month: Others) -> Held:
    """
    Divide what is left; for who keeps a ledger, under its lock.

    Nobody gets much more than it needs while little is left, so that others need not wait for
    what it would give back. Who gets too little gives back at once, so no two runs wait for
    each other.
    """
    spans = ((Span.DAY, caps.person_day, day), (Span.MONTH, caps.workspace_month, month))
    wanted = claim.wanted
    for span, cap, others in spans:
        left = cap.less(others.held)
        if not left.holds(claim.least):
            hopeful = cap.less(others.held - others.idle).holds(claim.least)
            return Held(cost=claim.bound, spent=claim.spent, short=span, hopeful=hopeful)
        wanted = Cost(
            tokens=_part(left.tokens, claim.bound.tokens, claim.least.tokens, wanted.tokens),
            micros=_part(left.micros, claim.bound.micros, claim.least.micros, wanted.micros),
        )
    return Held(cost=wanted, spent=claim.spent)


def _part(left: int | None, bound: int, least: int, wanted: int) -> int:
    if left is None:
        return wanted
    return min(wanted, max(least, bound + (left - bound) // _SHARE))


def dollars(micros: int) -> str:
    """As people write it: cents, and below a dollar the first two digits that are not 0."""
    decimals = 2 if micros >= MICROS or not micros else min(max(8 - len(str(micros)), 2), 6)
    whole, _, part = f"{micros / MICROS:,.{decimals}f}".partition(".")
    return f"${whole}.{part.rstrip('0').ljust(2, '0')}"


def read_cap(text: str) -> Cap:
    """
    Of a setting: "off", tokens ("400000", "400k", "2M"), dollars ("$2.50"), or both of them.

    Raises `ValueError` with what it should be.
    """
    if text.strip().casefold() == "off":
        return NO_CAP
    tokens = micros = None
    for word in re.split(r"[,\s]+", text.strip()):
        match = _CAP.fullmatch(word)
        if match is None:
            raise ValueError(_CAP_FORM)
        amount = Decimal(match["number"]) * _UNITS[match["unit"]]
        if match["dollar"] and micros is None:
            micros = int(amount * MICROS)
        elif not match["dollar"] and tokens is None:
            tokens = int(amount)
        else:
            raise ValueError(_CAP_FORM)
    if not (tokens or micros) or 0 in (tokens, micros):
        raise ValueError(_CAP_FORM)
    return Cap(tokens=tokens, micros=micros)


_CAP_FORM = 'must be "off", tokens (400000, 400k, 2M), dollars ($2.50), or both, and more than 0'
