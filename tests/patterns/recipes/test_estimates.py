"""What a run is said to use before it begins is what it uses."""

from __future__ import annotations

from itertools import count
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
from tests.patterns.recipes.panels import Nearby, ballot, passage, statement
from tests.patterns.samples import talk

WORDS = st.integers(1, 400).map(lambda count: "a dozen words of some length " * count)


class Counting(ScriptedModel):
    """Counts tokens as a server would: all that is sent, all that comes back."""

    def __init__(self, said: str, items: int, script: Any = None) -> None:
        super().__init__(script or (lambda prompt: answer(prompt, said, items)))
        self.used = Usage()

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        reply = await super().ask(prompt)
        sent = tokens(prompt.system + prompt.text)
        back = tokens(reply.answer.model_dump_json())
        self.used += Usage(calls=1, input_tokens=sent, output_tokens=back)
        return reply


def answer(prompt: Prompt[Any], said: str, items: int) -> Any:
    item: dict[str, Any] = {
        "kind": "fact",
        "text": said,
        "lines": [1],
        "quote": "a dozen words of some length",
    }
    item |= {"speaker": "Ada", "owner": None, "due": None, "confidence": 3}
    told = [{"text": said, "items": [1]}]
    voted: Any = ballot(Label.REFUTED)
    ideas = [{"title": f"{n}", "pitch": f"{n} {said}"} for n in range(items)]
    finding = {"category": "fraud_or_spam", "quote": said, "reason": said}
    picks = {"safe": 1, "bold": 2, "cheap_to_test": 3, "common": said}
    answers: dict[str, dict[str, Any]] = {
        "Statements": {"claims": [statement("a dozen words")] * items},
        "Ballot": {**voted, "reason": said},
        "Thoughts": {"ideas": ideas},
        "SafetyBallot": {"findings": [finding] * items},
        "Picks": picks,
        "SummaryNotes": {"overview": told, "items": [item, {**item, "speaker": said}] * items},
        "Digest": {"overview": told, "same": [[1, 2]] * items, "conflicts": []},
        "Findings": {"findings": [{"items": [1], "why": said}] * items},
        "Overview": {"overview": told},
    }
    return answers[prompt.answer.__name__]


def within(low: Usage, used: Usage, high: Usage) -> bool:
    return (
        low.calls <= used.calls <= high.calls
        and low.input_tokens <= used.input_tokens <= high.input_tokens
        and low.output_tokens <= used.output_tokens <= high.output_tokens
    )


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.sampled_from(["factcheck", "brainstorm", "summarize", "safety"]),
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


@pytest.mark.parametrize(
    ("depth", "low", "high"), [(Depth.QUICK, 2, 3), (Depth.NORMAL, 3, 5), (Depth.DEEP, 4, 9)]
)
def test_a_check_asks_a_first_wave_at_least_and_every_seat_at_most(
    depth: Depth, low: int, high: int
):
    foreseen = estimate("factcheck", Task(text="x", depth=depth))

    assert foreseen is not None
    assert (foreseen.low.calls, foreseen.high.calls) == (low, high)


def test_what_is_no_claim_costs_nothing():
    foreseen = estimate("factcheck", Task(text="Is it true?"))

    assert foreseen is not None
    assert foreseen.high == Usage()


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("label", [Label.REFUTED, Label.NOT_ENOUGH])
@pytest.mark.parametrize("again", [True, False])
async def test_a_check_of_several_claims_with_evidence_uses_what_was_foreseen(
    depth: Depth, label: Label, again: bool
):
    """Every search is made and every seat asked, or the first of each decides."""
    sentences = [f"The wall number {n} was built in {1300 + n}." for n in range(12)]
    near = [passage(f"{text} It stands in the north of the land. " * 20) for text in sentences]
    given = [
        {"text": text, "url": "https://a.test", "title": "A", "date": ""} for text in sentences
    ]
    turns = count()

    def line(prompt: Prompt[Any]) -> Any:
        other = list(Label)[next(turns) % 4] if again else label
        return {
            "Statements": {"claims": [statement(text) for text in sentences]},
            "Pages": {
                "passages": given,
                "enough": not again,
                "next_query": f"what of {prompt.key} {next(turns)}",
            },
            "Ballot": ballot(other, "It stands in the north of the land", 1),
            "Entailment": {"relation": "neither"},
        }[prompt.answer.__name__]

    task = Task(text=" ".join(sentences), depth=depth, evidence=Nearby(*near), web=True)
    model = Counting("", 0, line)
    foreseen = estimate("factcheck", task)

    await RECIPES["factcheck"](task, model, SILENT, Limits())

    assert foreseen is not None
    assert within(foreseen.low, model.used, foreseen.high), (foreseen, model.used)
