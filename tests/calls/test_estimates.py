"""What a request may take at most, and what it is taken for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.calls.estimates import Estimates
from bot.calls.port import MOST_SEARCHES, Call
from bot.llm.strict import response_format
from patterns.ports import Prompt
from patterns.usage import Usage
from tests.calls.road import ballot
from tests.llm.questions import SHAPES

ANY = st.text(st.characters(codec=None), max_size=300)


def call(*texts: str, most_output: int = 1000) -> Call:
    turns = tuple({"role": "user", "content": text} for text in texts)
    return Call(prompt=ballot(), turns=turns, most_output=most_output)


@given(ANY, ANY)
def test_no_tokenizer_makes_more_of_the_turns_than_the_bound(first: str, second: str) -> None:
    """The worst there is: a token for every byte."""
    most = Estimates().expected(call(first, second)).most

    assert most.input_tokens > len((first + second).encode(errors="replace"))
    assert most.output_tokens == 1000
    assert most.calls == 1


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_bound_holds_what_the_request_says_of_the_shape(shape: type[BaseModel]) -> None:
    prompt = Prompt(key="k", system="", text="", answer=shape)
    most = Estimates().expected(Call(prompt=prompt, turns=(), most_output=1)).most

    assert most.input_tokens > len(json.dumps(response_format(shape)))


def test_an_answer_is_taken_for_as_long_as_most_lately_were() -> None:
    estimates = Estimates()
    for tokens in range(10, 100, 10):
        estimates.came(call(), Usage(output_tokens=tokens))

    assert estimates.expected(call("x" * 400)).likely.output_tokens == 80


def test_before_there_are_answers_a_guess_within_the_bound_must_do() -> None:
    assert Estimates().expected(call()).likely.output_tokens == 600
    assert Estimates().expected(call(most_output=100)).likely.output_tokens == 100


@given(ANY)
def test_what_is_likely_is_never_more_than_the_most(text: str) -> None:
    expected = Estimates().expected(call(text, most_output=5))

    assert 0 < expected.likely.tokens <= expected.most.tokens


def searching(text: str) -> Call:
    return replace(call(text), prompt=replace(ballot(), search=True))


@given(ANY)
def test_a_search_is_taken_for_more_than_an_answer_as_pages_are_read_for_it(text: str) -> None:
    plain, found = Estimates().expected(call(text)), Estimates().expected(searching(text))

    assert plain.bound == plain.most
    assert plain.most.searches == plain.likely.searches == 0
    assert found.likely.input_tokens > plain.likely.input_tokens
    assert found.likely.searches == 1
    assert found.most.searches == MOST_SEARCHES
    assert found.likely.tokens <= found.most.tokens < found.bound.tokens
