"""A question in front, and what concerns who asks."""

from __future__ import annotations

from typing import Any

from patterns.packing import tokens
from patterns.ports import Prompt
from patterns.recipes.summarize import Kind, Summary, SummaryNotes, Told
from patterns.recipes.summarize.mine import UNKNOWN
from patterns.testing import ScriptedModel
from tests.patterns.recipes.summaries import (
    DEEP,
    FILLING,
    MERGED,
    NOTHING,
    Script,
    asked,
    item,
    lines_of,
    model,
    notes,
    read,
    summary,
    texts,
)
from tests.patterns.samples import talk

QUESTION = "What about the pricing?"
RELEVANT = frozenset({3, 17, 18, 42, 60, 77, 99})


def focused(part: Script = read) -> Script:
    """A reader that, asked a question, gives nothing of a part in which no line bears on it."""

    def answer(prompt: Prompt[Any]) -> Any:
        about = any("pricing" in said for _, _, said in lines_of(prompt))
        return part(prompt) if about or QUESTION not in prompt.text else NOTHING

    return answer


async def test_of_a_hundred_parts_those_that_bear_on_the_question_are_all_found():
    """And merges are given a tenth, at most, of what they are given without a question."""
    messages = talk(
        *(
            f"Ada: Fact: {'pricing' if n in RELEVANT else 'carrying'} box {n} is open.{FILLING}"
            for n in range(1, 101)
        )
    )
    given: dict[str, int] = {}

    async def read_for(question: str) -> Summary:
        def merge(prompt: Prompt[Any]) -> Any:
            given[question] = given.get(question, 0) + tokens(prompt.text)
            return MERGED

        return await summary(model(focused(), merge=merge), messages, text=question, depth=DEEP)

    found, whole = await read_for(QUESTION), await read_for("")

    assert {int(text.split()[2]) for text in texts(found)} == RELEVANT
    assert len(whole.points) == 100
    assert given[QUESTION] <= given[""] / 10
    assert (found.about, whole.about) == (QUESTION, "")
    assert (found.read, found.parts) == (100, 100)


async def test_the_question_stands_in_a_fence_in_front_of_every_question():
    prompts: list[Prompt[Any]] = []

    def keep(answer: Script) -> Script:
        def script(prompt: Prompt[Any]) -> Any:
            prompts.append(prompt)
            return answer(prompt)

        return script

    messages = talk(f"Ada: Fact: a price is open.{FILLING}", f"Ada: Fact: so is another.{FILLING}")
    told = {"overview": [{"text": "Open.", "items": [1]}], "same": [], "conflicts": []}
    watched = model(keep(read), merge=keep(lambda _: told), dense=keep(lambda _: {"overview": []}))

    await summary(watched, messages, text=f" {QUESTION} ", depth=DEEP)

    assert [prompt.key for prompt in prompts] == ["part-1", "part-2", "merge-1.1", "overview"]
    assert all(p.text.startswith(f"The question: ⟦{QUESTION}⟧\n\n⟦") for p in prompts)
    assert all("question" in prompt.system for prompt in prompts)


MEETING = talk(
    "Ada: Decision: we print in Rome.",
    "Ben: Action: Ada calls the printer.",
    "Cy: Risk: the courier is late.",
    "Ben: Fact: the belt is broken.",
)


def told(prompt: Prompt[Any]) -> Any:
    answer = read(prompt)
    answer["items"][1]["owner"] = "Ada"
    answer["overview"] = [
        {"text": "They print.", "items": [1, 3]},
        {"text": "The belt is broken.", "items": [4]},
    ]
    return answer


async def test_what_concerns_who_asks_is_what_they_said_or_do_or_are_named_in():
    messages = (
        *MEETING[:2],
        MEETING[2].model_copy(update={"mentions": ("Dan", "Ada")}),
        MEETING[3],
    )

    result = await summary(model(told), messages, reader="@ada", mine=True)

    assert set(texts(result)) == {
        "we print in Rome",
        "Ada calls the printer",
        "the courier is late",
    }
    assert (result.mine, result.others, result.notes) == (True, 1, ())
    assert [each.text for each in result.overview] == ["They print."]


async def test_an_action_of_several_is_each_ones_own():
    """So it is under the name that has all of theirs in it."""
    messages = talk("Ada: Action: Ben, Cy & Dan and co carry it.")
    owned = model(
        lambda _: notes(
            item("They carry it", 1, quote="Ben, Cy & Dan and co carry it", owner="Ben, Cy & Dan")
        )
    )

    for name, count in (("ben", 1), ("Cy", 1), ("Dan", 1), ("Ben, Cy & Dan", 1), ("co", 0)):
        result = await summary(owned, messages, reader=name, mine=True)

        assert (name, len(result.points)) == (name, count)


async def test_whoever_asks_the_same_questions_are_asked():
    """So answers that are kept are kept for all who may read the same."""

    async def fingerprints(**task: Any) -> list[str]:
        seen: list[str] = []

        def script(prompt: Prompt[Any]) -> Any:
            seen.append(prompt.fingerprint)
            return told(prompt)

        await summary(ScriptedModel(script), MEETING, **task)
        return seen

    of_all = await fingerprints()

    assert of_all == await fingerprints(reader="Ada", mine=True)
    assert of_all == await fingerprints(reader="Cy", mine=True)
    assert len(of_all) == 1


async def test_who_is_not_known_is_told_everything_and_why():
    result = await summary(model(told), MEETING, mine=True, notes=("A note.",))

    assert len(result.points) == 4
    assert (result.others, result.notes) == (0, ("A note.", UNKNOWN))
    assert len(result.overview) == 2


async def test_who_is_known_and_did_not_ask_for_their_own_is_told_everything():
    result = await summary(model(told), MEETING, reader="Ada")

    assert len(result.points) == 4
    assert (result.mine, result.others, result.notes) == (False, 0, ())


async def test_a_question_and_ones_own_go_together():
    def part(prompt: Prompt[Any]) -> Any:
        assert prompt.answer is SummaryNotes and asked(prompt) == "part"
        of_ada = item("Rome is cheap", 1, quote="we print in Rome", kind=Kind.FACT)
        of_cy = item("It may be late", 3, quote="the courier is late", speaker="Cy")
        return notes(of_ada, of_cy, overview=[("Rome.", [1])])

    result = await summary(model(part), MEETING, text=QUESTION, reader="Ada", mine=True)

    assert texts(result) == ["Rome is cheap"]
    assert result.overview == (Told(text="Rome.", links=("https://acme.test/m1",)),)
    assert (result.about, result.others) == (QUESTION, 1)
