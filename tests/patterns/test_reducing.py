from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.errors import ModelDenied, ModelUnavailable
from patterns.fanout import Limits, Said
from patterns.ports import Prompt
from patterns.reducing import merges_of, reduce_tree
from patterns.testing import ListSink, ScriptedModel
from tests.patterns.samples import Word, failed


async def tree(nodes: Sequence[str], model: ScriptedModel, **options: Any) -> str:
    """Merges by asking for a word; joins in brackets, in capitals where the model answered."""

    def merge(key: str, group: Sequence[str]) -> Prompt[Word]:
        return Prompt(key=key, system="Merge.", text="".join(group), answer=Word)

    def join(group: Sequence[str], answer: Word | None) -> str:
        return f"({answer.word if answer else '?'.join(group)})"

    return await reduce_tree(
        nodes, model, merge=merge, join=join, describe=lambda a: Said(a.word), **options
    )


def glue(prompt: Prompt[Any]) -> dict[str, str]:
    return {"word": prompt.text}


@pytest.mark.parametrize(
    ("count", "fan_in", "merges"),
    [(1, 8, 0), (2, 8, 1), (8, 8, 1), (9, 8, 2), (64, 8, 9), (5, 2, 4), (512, 8, 73)],
)
async def test_levels_of_merges_end_in_one_node_with_the_order_kept(
    count: int, fan_in: int, merges: int
):
    """A node left over at the end of a level goes up as it is: no question for one node."""
    model = ScriptedModel(glue, delay=lambda p: 0.001 if seat_of_merge(p.key) == 1 else 0)
    nodes = [f"{n}," for n in range(count)]

    top = await tree(nodes, model, fan_in=fan_in)

    assert top.replace("(", "").replace(")", "") == "".join(nodes)
    assert len(model.asked) == merges
    assert len(set(model.asked)) == merges


def seat_of_merge(key: str) -> int:
    return int(key.rpartition(".")[2])


async def test_a_merge_that_fails_loses_nothing_of_its_nodes():
    sink = ListSink()
    model = ScriptedModel(lambda p: ModelUnavailable("no") if p.key == "merge-1.2" else glue(p))

    top = await tree(list("abcde"), model, fan_in=2, sink=sink)

    assert top == "(((ab)(c?d))e)"
    assert [gap.branch for gap in failed(sink)] == ["merge-1.2"]


async def test_a_denied_model_ends_the_tree():
    with pytest.raises(ModelDenied):
        await tree(list("abc"), ScriptedModel(lambda _: ModelDenied("No credit.")))


async def test_a_tree_that_cannot_end_or_begin_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        await tree(list("abc"), ScriptedModel(glue), fan_in=1)
    with pytest.raises(ValueError, match="nothing to reduce"):
        await tree([], ScriptedModel(glue))


@pytest.mark.parametrize("nodes", [*range(1, 30), 63, 64, 65, 512, 513])
@pytest.mark.parametrize("fan_in", [2, 3, 8])
async def test_how_many_merges_there_will_be_is_known(nodes: int, fan_in: int):
    model = ScriptedModel(glue)

    await tree(["x"] * nodes, model, fan_in=fan_in)

    assert len(model.asked) == merges_of(nodes, fan_in)


async def test_a_tree_over_a_stream_keeps_no_more_than_its_windows():
    """Of 5,000 nodes: two windows of groups a level, each group a fan-in of nodes."""
    alive = most = 0

    class Node:
        def __init__(self) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    async def nodes() -> AsyncGenerator[Node]:
        for _ in range(5_000):
            yield Node()

    await reduce_tree(
        nodes(),
        ScriptedModel(lambda _: {"word": ""}),
        merge=lambda key, _: Prompt(key=key, system="", text="", answer=Word),
        join=lambda _, __: Node(),
        describe=lambda _: Said(""),
        fan_in=8,
        limits=Limits(width=4),
    )

    assert most < 5 * (2 * 4 + 2) * 8


async def test_a_group_ends_before_the_node_that_would_make_it_too_large():
    """But not before it has two: a tree of giants has to end as well."""
    asked: dict[str, str] = {}

    def script(prompt: Prompt[Any]) -> dict[str, str]:
        asked[prompt.key] = prompt.text
        return {"word": prompt.text}

    top = await tree(
        ["a", "b", "ccccc", "d", "eeeeeeee", "f"], ScriptedModel(script), fan_in=4, size=len, most=7
    )

    assert {key: text for key, text in asked.items() if key.startswith("merge-1")} == {
        "merge-1.1": "abccccc",
        "merge-1.2": "deeeeeeee",
    }
    assert top.replace("(", "").replace(")", "") == "abcccccdeeeeeeeef"


@settings(derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 25), min_size=1, max_size=80), st.integers(4, 8))
async def test_nodes_that_count_for_a_quarter_at_most_are_merged_in_fours_at_least(
    sizes: list[int], fan_in: int
):
    """So it is known how many merges there are at most."""
    model = ScriptedModel(lambda _: {"word": ""})

    await reduce_tree(
        sizes,
        model,
        merge=lambda key, _: Prompt(key=key, system="", text="", answer=Word),
        join=lambda group, _: min(25, sum(group)),
        describe=lambda _: Said(""),
        fan_in=fan_in,
        size=lambda size: size,
        most=100,
    )

    assert merges_of(len(sizes), 8) <= len(model.asked) <= merges_of(len(sizes), 4)
