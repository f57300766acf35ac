from __future__ import annotations

from collections.abc import Sequence

import pytest

from patterns.errors import ModelUnavailable
from patterns.fanout import Limits
from patterns.ports import SILENT
from patterns.recipes.summarize import summarize
from patterns.recipes.summarize.foreseeing import foresee
from patterns.streams import each
from patterns.task import Cuts, Depth, Message, Task
from tests.patterns.recipes.summaries import MERGED, NOTHING, item, long_talk, model, notes, read
from tests.patterns.samples import talk

BAD = item("Nobody said it", 1, quote="Nobody said it")
FEW = talk("Ada: Decision: we ship box one.")


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("messages", [FEW, long_talk(3), long_talk(30)], ids=len)
async def test_a_summary_asks_no_fewer_questions_than_foreseen_and_no_more(
    depth: Depth, messages: Sequence[Message]
):
    """Fewest where nothing is found, most where every part has to be mended and merged."""
    task = Task(messages=messages, depth=depth, text="Which boxes?")
    nothing, everything = (
        model(lambda _: NOTHING),
        model(lambda prompt: notes(BAD, *read(prompt)["items"]), merge=lambda _: MERGED),
    )
    foreseen = foresee(task)

    await summarize(task, nothing, SILENT, Limits())
    await summarize(task, everything, SILENT, Limits())

    assert foreseen is not None
    assert foreseen.low.calls == len(nothing.asked)
    assert len(everything.asked) <= foreseen.high.calls
    assert foreseen.low.calls < len(everything.asked)


def test_looking_ahead_notes_nothing_and_knows_where_parts_began():
    messages = long_talk(12)
    cuts = Cuts(before=frozenset({"m1", "m2"}))

    first = foresee(Task(messages=messages))
    again = foresee(Task(messages=messages, cuts=cuts))

    assert cuts.made == []
    assert first is not None
    assert again is not None
    assert again.low.calls >= first.low.calls


def test_of_a_stream_and_of_nothing_nobody_knows():
    assert foresee(Task(messages=each(FEW))) is None
    assert foresee(Task()) is None


async def test_questions_that_fail_are_foreseen_as_well():
    task = Task(messages=long_talk(3), depth=Depth.DEEP)
    gone = ModelUnavailable("no")
    asked = model(missed=lambda _: gone, check=lambda _: gone, dense=lambda _: gone)
    foreseen = foresee(task)

    await summarize(task, asked, SILENT, Limits())

    assert foreseen is not None
    assert foreseen.low.calls <= len(asked.asked) <= foreseen.high.calls
