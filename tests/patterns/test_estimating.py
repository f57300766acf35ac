from __future__ import annotations

from patterns.estimating import Guess, estimate, follow_up, together
from patterns.packing import tokens
from patterns.ports import Prompt
from patterns.usage import Usage
from tests.patterns.samples import Word

PROMPT = Prompt(key="k", system="Say a word. " * 50, text="A long text. " * 500, answer=Word)
SIZE = tokens(PROMPT.system) + tokens(PROMPT.text)


def test_questions_are_counted_and_their_sizes_lie_between():
    found = estimate([PROMPT, PROMPT], Guess(5, 50))

    assert found.low.calls == found.high.calls == 2
    assert found.low.input_tokens < 2 * SIZE < found.high.input_tokens < 3 * SIZE
    assert (found.low.output_tokens, found.high.output_tokens) == (10, 100)


def test_no_questions_are_nothing():
    nothing = estimate([], Guess(5, 50))

    assert nothing.low == nothing.high == Usage()


def test_follow_ups_add_up():
    both = together(estimate([PROMPT], Guess(5, 50)), follow_up(2, Guess(10, 100), Guess(1, 7)))

    assert both.low.calls == both.high.calls == 3
    assert (both.low.output_tokens, both.high.output_tokens) == (7, 64)
    assert both.high.input_tokens - estimate([PROMPT], Guess(5, 50)).high.input_tokens == 200


def test_tokens_are_those_that_went_in_and_those_that_came_out():
    used = Usage(calls=1, input_tokens=7, cached_tokens=5, output_tokens=2)

    assert used.tokens == 9
    assert (used + used).tokens == 18
