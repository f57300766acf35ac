"""Branches in the thread: at most ten messages, and each stays what it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.runs.branches import fold
from bot.runs.model import Run, Status
from bot.views.message import SlackMessage
from bot.views.thread import MOST, groups, messages
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Planned,
    PlannedBranch,
)
from tests.views.samples import planned, run, timed
from tests.views.slack_rules import accepted


def replies(a_run: Run) -> dict[str, SlackMessage]:
    found = messages(a_run, fold(a_run.events))
    for message in found:
        accepted(message)
    return {message.slot: message for message in found}


def body(message: SlackMessage) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if "text" in block)


def keys(count: int, name: str = "part") -> list[str]:
    return [f"{name}-{n}" for n in range(count)]


def sizes(*counts: int) -> list[int]:
    """How many branches the messages hold when stages of these many are planned in turn."""
    plans = [planned(f"stage {n}", *keys(count, f"s{n}")) for n, count in enumerate(counts)]
    return [len(group.keys) for group in groups(timed(*plans))]


def test_up_to_ten_branches_have_a_message_each() -> None:
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
    before = groups(events[: data.draw(st.integers(0, len(events)))])
    after = groups(events)

    assert len(after) <= MOST
    assert [group.slot for group in after[: len(before)]] == [group.slot for group in before]
    for early, late in zip(before, after, strict=False):
        assert late.keys[: len(early.keys)] == early.keys
    everything = [key for group in after for key in group.keys]
    assert sorted(everything) == sorted({b.key for plan in told for b in plan.branches})


def test_a_branch_has_no_message_before_it_has_something_to_say() -> None:
    told = [planned("voters", "ann", "bob"), BranchStarted(branch="ann")]

    assert replies(run(*told)) == {}
    assert list(replies(run(*told, BranchProgress(branch="ann", note="waiting 5 s")))) == [
        "branch:ann"
    ]


def test_a_finished_branch_tells_its_headline_its_lines_and_its_seconds() -> None:
    found = replies(
        run(
            planned("voters", "ann"),
            BranchStarted(branch="ann"),
            BranchDone(branch="ann", headline="refuted", lines=("Because\nof this.", "And that.")),
        )
    )["branch:ann"]

    assert body(found) == "☑️ *Ann*: refuted\nBecause of this.\nAnd that."
    assert found.text == "Ann: refuted"
    assert found.blocks[-1]["elements"][0]["text"] == "1.0 s"
    assert found.in_thread
    assert not found.final


def test_a_failed_branch_says_why() -> None:
    told = [planned("voters", "ann"), BranchFailed(branch="ann", reason="no answer within 120 s")]

    assert body(replies(run(*told))["branch:ann"]) == ("⚠️ *Ann*: no answer: no answer within 120 s")


def test_a_branch_that_ended_with_its_run_is_said_to_be_stopped() -> None:
    told = [planned("voters", "ann"), BranchProgress(branch="ann", note="waiting 5 s")]

    for status in (Status.CANCELLED, Status.FAILED):
        assert body(replies(run(*told, status=status))["branch:ann"]) == "⏹️ *Ann*: stopped"


def test_gathered_branches_count_their_progress() -> None:
    names = keys(37)
    told = [
        planned("parts", *names),
        BranchDone(branch="part-0", headline="4 items"),
        BranchFailed(branch="part-2", reason="refused"),
    ]
    found = replies(run(*told))

    assert list(found) == ["branch:part-0"]
    assert found["branch:part-0"].text == "1 of 4 parts done, 1 failed"
    assert body(found["branch:part-0"]) == (
        "*1 of 4 parts done, 1 failed*\n☑️ Part-0: 4 items\n⚠️ Part-2: no answer: refused"
    )


def test_what_does_not_fit_in_a_branch_message_is_counted() -> None:
    long = tuple(f"{n} " + "word " * 120 for n in range(40))
    told = [planned("parts", "one"), BranchDone(branch="one", headline="40 items", lines=long)]
    found = replies(run(*told))["branch:one"]

    kept = sum(body(found).count(f"\n{n} word") for n in range(40))
    assert 5 <= kept < 40
    assert found.blocks[-1]["elements"][0]["text"].startswith(f"{40 - kept} more lines")


def test_a_group_too_large_for_its_message_counts_the_rest() -> None:
    names = keys(900)
    ended = [BranchDone(branch=name, headline="2 items") for name in names]
    first = next(iter(replies(run(planned("parts", *names), *ended)).values()))

    assert body(first).startswith("*100 of 100 parts done*\n☑️ Part-0: 2 items\n")
    assert body(first).count("☑️") == 40
    assert first.blocks[-1]["elements"][0]["text"] == "60 more lines"


def test_a_story_told_again_after_a_restart_makes_no_second_message() -> None:
    told = [planned("voters", "ann"), BranchDone(branch="ann", headline="refuted")]

    assert replies(run(*told, *told)) == replies(run(*told))
