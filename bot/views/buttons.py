"""The buttons of a card: one while its run works, several once it is over."""

from __future__ import annotations

from bot.runs.branches import BranchStatus
from bot.runs.model import Audience, Run, Status, channels_of
from bot.views.actions import CANCEL, DETAILS, RATE_DOWN, RATE_UP, RERUN, RETRY, SHARE, ticket
from bot.views.blocks import Block, actions, button, confirmation
from bot.views.story import Story

_BLOCK = "run"


def cancel(run: Run) -> Block:
    return actions(
        button(
            CANCEL,
            "Cancel",
            str(ticket(run)),
            style="danger",
            confirm=confirmation(
                "Cancel this run?",
                "What is finished stays in the thread; there will be no result.",
                yes="Cancel the run",
                no="Let it run",
            ),
        ),
        block_id=_BLOCK,
    )


def afterwards(run: Run, story: Story) -> Block:
    """For a run that is over."""
    value = str(ticket(run))
    ended_well = run.status is Status.DONE and run.result is not None
    found = [button(RERUN, "Re-run", value), button(DETAILS, "Details", value)]
    if may_retry(run, story):
        failed = "Retry failed" if ended_well else "Try again"
        found.insert(0, button(RETRY, failed, value))
    if ended_well and may_share(run):
        found.insert(-1, button(SHARE, "Share to channel", value, confirm=_sharing(run)))
    if ended_well:
        found += [
            button(RATE_UP, "👍 Helpful", value),
            button(RATE_DOWN, "👎 Not helpful", value),
        ]
    return actions(*found, block_id=_BLOCK)


def may_retry(run: Run, story: Story) -> bool:
    """As the desk decides, by a *story* that is told already."""
    return run.status in {Status.FAILED, Status.CANCELLED} or story.tally[BranchStatus.FAILED] > 0


def may_share(run: Run) -> bool:
    """Is there a channel that does not see the result yet?"""
    asked_in_channel = run.request.place.channel[:1] in {"C", "G"}
    return run.audience is Audience.REQUESTER and asked_in_channel and not run.shared_by


def _sharing(run: Run) -> Block:
    text = ", the text itself included" if run.request.recipe == "safety" else ""
    told = f"Everybody in the channel where you asked will see the result{text}, with your name."
    if {*channels_of(run.request.source)} - {run.request.place.channel}:
        told += " It tells what stands in another channel, which may be closed to some of them."
    return confirmation("Share it with the channel?", told, yes="Share", no="Keep it to me")
