"""What a deep summary asks beside: what was missed, what is doubtful, what says the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patterns.errors import ModelUnavailable
from patterns.events import BranchDone
from patterns.ports import Prompt
from patterns.recipes.summarize import Kind, Told
from patterns.recipes.summarize.deeper import DOUBTS
from patterns.recipes.summarize.questions import CHECKED_MOST
from patterns.testing import ListSink
from tests.patterns.recipes.summaries import (
    DEEP,
    NOTHING,
    Line,
    Script,
    item,
    lines_of,
    long_talk,
    model,
    notes,
    read,
    summary,
    texts,
)
from tests.patterns.samples import failed, talk

TALK = talk(
    "Ada: Decision: we print in Rome.",
    "Ben: Fact: printing is done in Rome, says Ada.",
    "Cy: Fact: the belt is broken.",
)
NONE: Line = {"findings": []}


def finding(name: str, *groups: list[int]) -> Script:
    """A checker *name* that finds these, and others that find nothing."""

    def script(prompt: Prompt[Any]) -> Any:
        found = [{"items": numbers, "why": "Look."} for numbers in groups]
        return {"findings": found} if prompt.key == f"check-{name}" else NONE

    return script


async def test_checkers_run_in_deep_summaries_alone():
    deep, normal = model(), model()

    await summary(deep, TALK, depth=DEEP)
    await summary(normal, TALK)

    assert normal.asked == ["part-1"]
    assert deep.asked == [
        "part-1",
        "part-1.missed",
        "check-unsupported",
        "check-speaker",
        "check-repetition",
        "overview",
    ]


async def test_what_was_missed_is_added_when_it_holds():
    """What does not hold is not mended: it is dropped."""
    late = item("the belt is broken", 3, quote="the belt is broken", speaker="Cy")
    bad = item("the belt is new", 3, quote="the belt is new", speaker="Cy")
    first = model(lambda p: notes(*read(p)["items"][:2]), missed=lambda _: notes(late, bad))

    result = await summary(first, TALK, depth=DEEP)

    assert "the belt is broken" in texts(result)
    assert (len(result.points), result.dropped, result.mended) == (3, 1, 0)


async def test_who_looks_for_what_was_missed_is_shown_what_was_found():
    seen: list[str] = []

    def missed(prompt: Prompt[Any]) -> Any:
        seen.append(prompt.text)
        return NOTHING

    await summary(model(missed=missed), TALK, depth=DEEP)
    await summary(model(lambda _: NOTHING, missed=missed), TALK, depth=DEEP)

    assert "[2] fact: printing is done in Rome, says Ada" in seen[0]
    assert "⟦nothing⟧" in seen[1]


async def test_what_a_checker_sees_are_the_items_and_the_words_they_rest_on():
    seen: dict[str, str] = {}

    def check(prompt: Prompt[Any]) -> Any:
        seen[prompt.key] = prompt.text
        return NONE

    def part(prompt: Prompt[Any]) -> Any:
        [(number, author, _)] = lines_of(prompt)
        return notes(
            item(
                "Ben calls",
                number,
                quote="Ben calls on Friday",
                speaker=author,
                kind=Kind.ACTION,
                owner="Ben",
                due="on Friday",
            )
        )

    await summary(
        model(part, check=check), talk("Ada: Ben calls on Friday." + " word" * 99), depth=DEEP
    )

    [*starts] = {text.partition("⟧")[0] for text in seen.values()}
    assert len(seen) == 3
    assert starts == [
        "⟦[1] action: Ben calls (said by Ada; to be done by Ben; due on Friday)\n"
        f"    Ada: {('Ben calls on Friday.' + ' word' * 99)[:400]}"
    ]


@pytest.mark.parametrize("name", ["unsupported", "speaker"])
async def test_what_is_doubted_is_shown_last_with_its_doubt(name: str):
    asked = model(check=finding(name, [1], [99, 0, -1], []))

    result = await summary(asked, TALK, depth=DEEP)

    assert [point.doubt for point in result.points] == ["", "", DOUBTS[name]]
    assert len(result.points) == 3


async def test_a_finding_that_names_no_item_is_ignored():
    asked = model(check=lambda _: {"findings": [{"items": [], "why": "All is wrong."}]})

    assert await summary(asked, TALK, depth=DEEP) == await summary(model(), TALK, depth=DEEP)


async def test_what_a_checker_finds_twice_is_put_together():
    """If it may be the same: a checker can make nothing vanish that is another thing."""
    facts = talk("Ada: Fact: the old belt is broken.", "Ben: Fact: broken is a big belt, and torn.")
    messages = (*facts, *talk("Cy: Fact: we eat at noon.", thread="t"))
    alone = await summary(model(), messages, depth=DEEP)

    result = await summary(model(check=finding("repetition", [1, 2, 3])), messages, depth=DEEP)

    assert len(alone.points) == 3
    assert len(result.points) == 2
    assert {link for point in result.points for link in point.links} == {
        message.permalink for message in messages
    }


@pytest.mark.parametrize("lost", ["part-1.missed", "check-", "overview", "check-repetition"])
async def test_a_second_look_that_fails_changes_nothing(lost: str):
    def unless(script: Script) -> Script:
        return lambda p: ModelUnavailable("no line") if p.key.startswith(lost) else script(p)

    sink = ListSink()
    asked = model(
        missed=unless(lambda _: NOTHING),
        check=unless(lambda _: NONE),
        dense=unless(lambda _: {"overview": []}),
    )

    result = await summary(asked, TALK, sink, depth=DEEP)

    assert result == await summary(model(), TALK, depth=DEEP)
    assert all(gap.reason == "no line" for gap in failed(sink))


def dense(*told: tuple[str, list[int]]) -> Callable[[Prompt[Any]], Line]:
    return lambda _: {"overview": [{"text": text, "items": items} for text, items in told]}


async def test_an_overview_written_again_stands_if_every_sentence_cites_items():
    told = dense(("Printing happens in Rome.", [1]), ("A belt broke.", [2, 3]))
    sink = ListSink()

    result = await summary(model(dense=told), TALK, sink, depth=DEEP)

    assert [each.text for each in result.overview] == ["Printing happens in Rome.", "A belt broke."]
    assert all(each.links for each in result.overview)
    assert any(isinstance(e, BranchDone) and e.headline == "written" for e in sink.events)


@pytest.mark.parametrize(
    "told",
    [
        dense(("Printing happens in Rome.", [1]), ("All is well.", [])),
        dense(("Printing happens in Rome.", [1]), ("All is well.", [99])),
        dense(("They print 5,000 posters.", [1])),
        dense(),
    ],
)
async def test_it_does_not_otherwise(told: Script):
    result = await summary(model(dense=told), TALK, depth=DEEP)

    assert result.overview == (await summary(model(), TALK, depth=DEEP)).overview
    assert result.overview == (Told(text="we print in Rome", links=("https://acme.test/m1",)),)


async def test_without_an_overview_or_without_a_point_none_is_written():
    untold = model(lambda p: {**read(p), "overview": []})
    empty = model(lambda _: NOTHING)
    doubted = model(check=finding("speaker", [1, 2, 3]))

    await summary(untold, TALK, depth=DEEP)
    await summary(empty, TALK, depth=DEEP)
    await summary(doubted, TALK, depth=DEEP)

    assert "overview" not in untold.asked
    assert empty.asked == ["part-1", "part-1.missed"]
    assert "overview" not in doubted.asked


async def test_checkers_are_shown_so_many_items_and_no_more():
    seen: list[str] = []

    def check(prompt: Prompt[Any]) -> Any:
        seen.append(prompt.text)
        return NONE

    result = await summary(model(check=check), long_talk(CHECKED_MOST + 10), depth=DEEP)

    assert len(result.points) == CHECKED_MOST + 10
    assert {f"[{CHECKED_MOST}]" in text for text in seen} == {True}
    assert {f"[{CHECKED_MOST + 1}]" in text for text in seen} == {False}
