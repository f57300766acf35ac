"""The story of a run: at most ten groups, each stays what it is, and little of it is kept."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.runs.branches import BranchStatus, fold
from bot.views.card import TASKS_MOST
from bot.views.story import EARLY_MOST, MOST, Group, Story
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)
from tests.views.samples import planned, run, timed


def keys(count: int, name: str = "part") -> list[str]:
    return [f"{name}-{n}" for n in range(count)]


def keys_of(group: Group) -> list[str]:
    return [branch.key for branch in group]


def sizes(*counts: int) -> list[int]:
    """How many branches the groups hold when stages of these many are planned in turn."""
    plans = [planned(f"stage {n}", *keys(count, f"s{n}")) for n, count in enumerate(counts)]
    return [len(group.tally) for group in Story(timed(*plans)).groups]


def test_up_to_ten_branches_have_a_group_each() -> None:
    assert sizes(5) == [1] * 5
    assert sizes(10) == [1] * 10
    assert sizes(6, 1) == [1] * 7


def test_more_are_gathered_in_nine_and_the_tenth_is_kept_for_later() -> None:
    assert sorted(sizes(11)) == [1] * 7 + [2] * 2
    assert sizes(37) == [4, 4, 4, 4, 4, 4, 4, 4, 5]
    assert sizes(37, 5, 1) == [4, 4, 4, 4, 4, 4, 4, 4, 5, 6]
    assert sizes(10, 3) == [1] * 9 + [4]
    assert sizes(8, 2, 1) == [1] * 9 + [2]
    assert sizes(8, 5) == [1] * 8 + [5]


plans = st.lists(
    st.lists(st.integers(0, 200), max_size=60).map(
        lambda numbers: Planned(
            stage="parts",
            branches=tuple(PlannedBranch(key=f"k{n}", title=f"K{n}") for n in numbers),
        )
    ),
    max_size=8,
)


@given(plans, st.data())
def test_a_message_once_posted_stays_the_message_of_its_branches(
    told: list[Planned], data: st.DataObject
) -> None:
    """Whatever is planned later, slots keep their order and only gain branches at the end."""
    events = timed(*told)
    before = Story(events[: data.draw(st.integers(0, len(events)))]).groups
    after = Story(events).groups

    assert len(after) <= MOST
    assert [group.slot for group in after[: len(before)]] == [group.slot for group in before]
    for early, late in zip(before, after, strict=False):
        assert keys_of(late)[: len(keys_of(early))] == keys_of(early)
    everything = [key for group in after for key in keys_of(group)]
    assert sorted(everything) == sorted({b.key for plan in told for b in plan.branches})


def stories(branches: int) -> st.SearchStrategy[list[Event]]:
    """Whatever may be said of so many branches, in any order."""
    names = st.sampled_from(keys(branches))
    said: st.SearchStrategy[Event] = st.one_of(
        st.lists(names, max_size=branches).map(lambda some: planned("parts", *some)),
        names.map(lambda key: BranchStarted(branch=key)),
        names.map(lambda key: BranchProgress(branch=key, note="waits")),
        names.map(lambda key: BranchProgress(branch=key, note="")),
        names.map(lambda key: BranchDone(branch=key, headline="well", lines=("so",))),
        names.map(lambda key: BranchFailed(branch=key, reason="late")),
    )
    return st.lists(said, max_size=120)


@given(stories(TASKS_MOST), st.data())
def test_told_in_pieces_it_is_the_same_and_of_few_branches_it_keeps_everything(
    events: list[Event], data: st.DataObject
) -> None:
    whole = run(*events)
    cut = data.draw(st.integers(0, len(events)))
    story = Story()
    story.tell(whole.model_copy(update={"events": whole.events[:cut], "seen": cut}))
    story.tell(whole.model_copy(update={"events": whole.events[cut:], "seen": len(events)}))

    assert tuple(story) == fold(whole.events)
    assert story.seen == len(events)


@given(stories(150))
def test_however_many_there_are_all_are_counted(events: list[Event]) -> None:
    story = Story(timed(planned("parts", *keys(150)), *events))

    branches = fold(timed(planned("parts", *keys(150)), *events))
    assert +story.tally.counts == Counter(branch.status for branch in branches)
    assert sum((group.tally.counts for group in story.groups), Counter()) == +story.tally.counts
    assert sum(group.spoken for group in story.groups) == sum(b.spoke for b in branches)


def test_of_many_that_are_done_few_are_kept_however_the_plan_came() -> None:
    many = keys(5_000)
    at_once: list[Event] = [planned("parts", *many)]
    one_by_one: list[Event] = [planned("parts", key) for key in many]
    for plan in (at_once, one_by_one):
        ended = [BranchDone(branch=key, headline="well") for key in many]
        story = Story(timed(*plan, *ended))

        assert story.tally[BranchStatus.DONE] == len(story.tally) == 5_000
        assert len(list(story)) <= MOST * EARLY_MOST


def test_a_story_told_again_after_a_restart_says_nothing_new() -> None:
    many = keys(500)
    events = timed(
        planned("parts", *many), *(BranchDone(branch=key, headline="well") for key in many)
    )

    once, twice = Story(events), Story((*events, *events))

    assert list(twice) == list(once)
    assert twice.tally.counts == once.tally.counts


def test_what_is_late_and_not_done_comes_before_what_is_early() -> None:
    names = keys(1_000)
    late, failed = names[99], names[98]
    ended = [BranchDone(branch=name, headline="2 items") for name in names[:90]]
    told = timed(
        planned("parts", *names),
        *ended,
        BranchProgress(branch=late, note="waits"),
        BranchFailed(branch=failed, reason="refused"),
    )
    rows = [branch.key for branch in Story(told).groups[0].rows(40)]

    assert rows[:3] == [failed, late, names[0]]
    assert len(rows) == 40


def test_the_voters_on_each_of_eight_claims_share_a_group_with_their_reserves() -> None:
    told = [planned("steps", "claims"), planned("sources", "web")]
    claims = [[f"claim-{n}-voter-{seat}" for seat in range(1, 6)] for n in range(1, 9)]
    told += [planned("voters", *voters) for voters in claims]
    told += [planned("voters", "claim-2-voter-6")]

    groups = Story(timed(*told)).groups

    assert [group.claim for group in groups] == ["", "", *"12345678"]
    assert [len(group.tally) for group in groups] == [1, 1, 5, 6, 5, 5, 5, 5, 5, 5]
    assert keys_of(groups[3]) == [*claims[1], "claim-2-voter-6"]
