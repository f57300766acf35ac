"""What questions will probably use, before they are asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from patterns.packing import tokens
from patterns.ports import Prompt, schema_of
from patterns.usage import Estimate, Usage

#: How far our count of tokens may be off, down and up, as shares.
_LOW, _HIGH = 0.6, 1.3
#: What servers add around a question, in tokens.
_AROUND = 50


@dataclass(frozen=True)
class Guess:
    """Tokens of one answer."""

    low: int
    high: int


def estimate(prompts: Iterable[Prompt[Any]], answer: Guess) -> Estimate:
    """Of questions that are known to the word."""
    low = high = Usage()
    for prompt in prompts:
        size = tokens(prompt.system) + tokens(prompt.text)
        whole = size + _schema(prompt.answer) + _AROUND
        low += Usage(calls=1, input_tokens=int(size * _LOW), output_tokens=answer.low)
        high += Usage(calls=1, input_tokens=int(whole * _HIGH), output_tokens=answer.high)
    return Estimate(low=low, high=high)


def _schema(answer: type[BaseModel]) -> int:
    return tokens(json.dumps(schema_of(answer)))


def follow_up(calls: int, question: Guess, answer: Guess) -> Estimate:
    """Of *calls* questions that are made of answers: their sizes are guesses, too."""
    return Estimate(
        low=Usage(calls=calls, input_tokens=calls * question.low, output_tokens=calls * answer.low),
        high=Usage(
            calls=calls, input_tokens=calls * question.high, output_tokens=calls * answer.high
        ),
    )


def together(one: Estimate, other: Estimate) -> Estimate:
    return Estimate(low=one.low + other.low, high=one.high + other.high)
