"""What a request will take: at most, for money, and probably, for its place among others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel

from bot.calls.port import MOST_SEARCHES, Call
from bot.calls.recent import Recent
from patterns.ports import schema_of
from patterns.usage import Usage

#: Before answers came, an answer is guessed to be this long, in tokens.
_FIRST_GUESS = 600
#: From so many answers on, most of them are a better guess.
_FEW, _MOST_OF_THEM = 5, 0.8
#: Of English text; other languages have fewer, and are put right by the usage that comes back.
_BYTES_PER_TOKEN = 4
#: A search of the web reads pages, round after round, and nobody can say beforehand how long they
#: are: what is set aside for them, what they are guessed to be, and what no model's window holds.
_PAGES_MOST, _PAGES, _WINDOW = 32_000, 8_000, 1_000_000
#: What is set aside for is what the server is told to make at most; more may be billed.
_SEARCHES_BOUND = 50
#: What a server adds around turns and schema, in tokens: much more than any is known to.
_FRAME = 256


@dataclass(frozen=True, slots=True)
class Expected:
    """
    *most* is what to set aside, *likely* a guess, and beyond *bound* nothing can honestly be.

    Where nothing is searched *most* is the bound. All are without a price.
    """

    most: Usage
    likely: Usage
    bound: Usage


class Estimates:
    """Learns how long answers are, by the shape that was asked for."""

    def __init__(self) -> None:
        self._outputs: dict[str, Recent] = {}

    def expected(self, call: Call) -> Expected:
        """Byte-level tokenizers make no more tokens of a text than it has bytes."""
        read = _schema_bytes(call.prompt.answer) + sum(
            len(turn["content"].encode(errors="replace")) for turn in call.turns
        )
        most = Usage(calls=1, input_tokens=read + _FRAME, output_tokens=call.most_output)
        likely = Usage(
            calls=1,
            input_tokens=read // _BYTES_PER_TOKEN,
            output_tokens=min(call.most_output, self._output(_shape(call))),
        )
        if not call.prompt.search:
            return Expected(most=most, likely=likely, bound=most)
        return Expected(
            most=most + Usage(input_tokens=_PAGES_MOST, searches=MOST_SEARCHES),
            likely=likely + Usage(input_tokens=_PAGES, searches=1),
            bound=most + Usage(input_tokens=_WINDOW, searches=_SEARCHES_BOUND),
        )

    def came(self, call: Call, usage: Usage) -> None:
        """An answer to *call* was so long."""
        shape = _shape(call)
        if shape not in self._outputs:
            self._outputs[shape] = Recent()
        self._outputs[shape].add(usage.output_tokens)

    def _output(self, shape: str) -> int:
        known = self._outputs.get(shape)
        if known is None or len(known) < _FEW:
            return _FIRST_GUESS
        return int(known.percentile(_MOST_OF_THEM))


def _shape(call: Call) -> str:
    """By name: a shape that is made anew for each run is still the same kind of answer."""
    return call.prompt.answer.__name__


@lru_cache(maxsize=256)
def _schema_bytes(answer: type[BaseModel]) -> int:
    """As the answer's type tells it: with its titles longer than what senders make of it."""
    return len(json.dumps(schema_of(answer)))
