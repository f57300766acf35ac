"""What questions cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Usage:
    """
    *calls* counts every request that was sent: repeated, repaired and failed ones too.

    *cached_tokens* are those of the input that the provider had read before and bills less;
    *searches* of the web are billed beside tokens. *cost* is in millionths of a US dollar; 0 where
    nobody knows the price.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0
    searches: int = 0

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=self.cost + other.cost,
            searches=self.searches + other.searches,
        )


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run will probably use, told before it begins: at least *low*, hardly over *high*."""

    low: Usage
    high: Usage
