"""What a run is said to use before it begins is what it uses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.fanout import Limits
from patterns.packing import tokens
from patterns.ports import SILENT, A, Prompt, Reply
from patterns.recipes import RECIPES, estimate
from patterns.recipes.factcheck import Label
from patterns.streams import each
from patterns.task import Depth, Task
from patterns.testing import ScriptedModel
from patterns.usage import Usage
from tests.patterns.samples import talk

WORDS = st.integers(1, 400).map(lambda count: "a dozen words of some length " * count)


class Counting(ScriptedModel):
    """Counts tokens as a server would: all that is sent, all that comes back."""

    def __init__(self, said: str, items: int) -> None:
        super().__init__(lambda prompt: answer(prompt, said, items))
        self.used = Usage()

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        reply = await super().ask(prompt)
        sent = tokens(prompt.system + prompt.text)
        back = tokens(reply.answer.model_dump_json())
        self.used += Usage(calls=1, input_tokens=sent, output_tokens=back)
        return reply


def answer(prompt: Prompt[Any], said: str, items: int) -> dict[str, Any]:
    item = {"kind": "fact", "text": said, "messages": [1], "quote": "a dozen"}
    ideas = [{"title": f"{n}", "pitch": f"{n} {said}"} for n in range(items)]
    picks = {"safe": 1, "bold": 2, "cheap_to_test": 3, "common": said}
    return {
        "Ballot": {"label": Label.REFUTED, "reason": said},
        "Thoughts": {"ideas": ideas},
        "Picks": picks,
        "Notes": {"overview": said, "items": [item] * items},
        "Digest": {"overview": said, "keep": list(range(1, 8 * items))},
    }[prompt.answer.__name__]


def within(low: Usage, used: Usage, high: Usage) -> bool:
    return (
        low.calls <= used.calls <= high.calls
        and low.input_tokens <= used.input_tokens <= high.input_tokens
        and low.output_tokens <= used.output_tokens <= high.output_tokens
    )


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.sampled_from(["factcheck", "brainstorm", "summarize"]),
    st.sampled_from(Depth),
    st.lists(WORDS, min_size=1, max_size=40),
    st.integers(0, 5),
)
async def test_a_run_in_which_nothing_fails_uses_what_was_foreseen(
    recipe: str, depth: Depth, texts: list[str], items: int
):
    messages = talk(*[f"Ada: {text}" for text in texts])
    task = Task(messages=messages, depth=depth, voters=None if items else 4)
    model = Counting("Some twenty words, as most answers have them, no more. " * 2, items)
    foreseen = estimate(recipe, task)

    await RECIPES[recipe](task, model, SILENT, Limits())

    assert foreseen is not None
    assert within(foreseen.low, model.used, foreseen.high), (foreseen, model.used)


@pytest.mark.parametrize("recipe", RECIPES)
def test_of_a_stream_and_of_nothing_nobody_knows(recipe: str):
    assert estimate(recipe, Task(messages=each(talk("Ada: One.")))) is None
    assert estimate(recipe, Task()) is None


@pytest.mark.parametrize(("depth", "calls"), [(Depth.QUICK, 3), (Depth.NORMAL, 5), (Depth.DEEP, 9)])
def test_a_check_asks_as_many_as_there_are_voters(depth: Depth, calls: int):
    foreseen = estimate("factcheck", Task(text="x", depth=depth))

    assert foreseen is not None
    assert foreseen.low.calls == foreseen.high.calls == calls
