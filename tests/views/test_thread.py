"""Branches in the thread: at most ten messages, and each stays what it is."""

from __future__ import annotations

from bot.runs.model import Run, Status
from bot.views.message import SlackMessage
from bot.views.story import Story
from bot.views.thread import messages
from patterns.canvassing import NOT_ASKED
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
)
from patterns.recipes.factcheck import Label
from tests.results import checked, claim_verdict, fact_check, passage, vote
from tests.views.samples import done, planned, run
from tests.views.slack_rules import accepted


def replies(a_run: Run) -> dict[str, SlackMessage]:
    found = messages(a_run, Story(a_run.events))
    for message in found:
        accepted(message)
    return {message.slot: message for message in found}


def body(message: SlackMessage) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if "text" in block)


def keys(count: int, name: str = "part") -> list[str]:
    return [f"{name}-{n}" for n in range(count)]


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


def test_a_note_that_is_over_does_not_stand_in_the_thread_any_longer() -> None:
    told = [
        planned("voters", "ann"),
        BranchStarted(branch="ann"),
        BranchProgress(branch="ann", note="waiting for the model, 12 s"),
    ]
    cleared = BranchProgress(branch="ann", note="")
    done = BranchDone(branch="ann", headline="refuted")

    assert body(replies(run(*told))["branch:ann"]) == "⏳ *Ann*: waiting for the model, 12 s"
    assert body(replies(run(*told, cleared))["branch:ann"]) == "⏳ *Ann*: working"
    assert body(replies(run(*told, cleared, done))["branch:ann"]) == "☑️ *Ann*: refuted"


def test_a_branch_that_starts_again_after_a_restart_does_not_keep_its_old_note() -> None:
    told = [planned("voters", "ann"), BranchProgress(branch="ann", note="waiting 5 s")]

    again = replies(run(*told, BranchStarted(branch="ann")))

    assert body(again["branch:ann"]) == "⏳ *Ann*: working"


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


def test_a_voter_tells_where_its_quote_stands() -> None:
    cast = vote(Label.REFUTED, seat="Ann", quote="So it is", passage=1)
    told = [
        planned("voters", "ann"),
        BranchDone(branch="ann", headline="refuted", lines=("Because.", "“So it is” [1]")),
    ]
    found = replies(done(checked(cast, passages=(passage(1),)), *told))["branch:ann"]

    assert body(found) == (
        "☑️ *Ann*: refuted\nBecause.\n"
        "“So it is” (Page 1, pages.example, 3 Nov 2026, <https://pages.example/1|source>)"
    )


def test_voters_on_several_claims_are_told_apart() -> None:
    told = [
        planned("voters", "2. ann"),
        BranchDone(branch="2. ann", headline="refuted", lines=("“So it is” [1]",)),
    ]
    cast = vote(Label.REFUTED, seat="ann", quote="So it is", passage=1)
    second = claim_verdict(cast, passages=(passage(1),))
    found = replies(done(fact_check(claim_verdict(cast), second), *told))["branch:2. ann"]

    assert "\n“So it is” (Page 1, " in body(found)


def test_a_seat_that_was_not_asked_is_marked_as_spared() -> None:
    told = [planned("voters", "ann"), BranchDone(branch="ann", headline=NOT_ASKED)]

    assert body(replies(run(*told))["branch:ann"]) == f"⏭️ *Ann*: {NOT_ASKED}"


def test_before_its_source_is_known_a_quote_stands_without_a_number_that_nobody_knows() -> None:
    told = [
        planned("voters", "ann"),
        BranchDone(branch="ann", headline="refuted", lines=("“So it is” [1]", "See [2]")),
    ]

    assert body(replies(run(*told))["branch:ann"]) == "☑️ *Ann*: refuted\n“So it is”\nSee [2]"


def test_the_voters_on_a_claim_are_told_together_with_reason_and_quote() -> None:
    names = [f"claim-3-voter-{n}" for n in range(1, 6)]
    told = [
        planned("voters", "claim-2-voter-1"),
        planned("voters", *names),
        *(
            BranchDone(branch=name, headline="refuted", lines=("Because.", "“So it is” [1]"))
            for name in names[:3]
        ),
        *(BranchDone(branch=name, headline=NOT_ASKED) for name in names[3:]),
    ]
    found = body(replies(run(*told))["branch:claim-3-voter-1"])

    assert found.startswith("*Claim 3: 3 of 5 voters done, 2 not asked*\n☑️ Claim-3-voter-1: ")
    assert found.count("refuted\n      Because.\n      “So it is”") == 3
    assert found.count("⏭️") == 2


def test_reasons_for_which_there_is_no_room_are_left_out_and_no_vote_is() -> None:
    names = [f"claim-1-voter-{n}" for n in range(1, 10)]
    long = ("word " * 130, f"“{'word ' * 130}” [1]")
    told = [BranchDone(branch=name, headline="refuted", lines=long) for name in names]
    found = body(replies(run(planned("voters", *names), *told))["branch:claim-1-voter-1"])

    assert found.count("☑️") == 9
    assert "word" not in found
