"""The same words for a Slack that knows only the older blocks."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from bot.runs.model import Run
from bot.runs.workspace import ResultShown
from bot.views.blocks import context, plan, section, task
from bot.views.card import messages
from bot.views.classic import classic
from tests.views.samples import hostile, run, runs
from tests.views.slack_rules import harmless_blocks, message_blocks


def test_a_plan_becomes_lines_that_say_the_same() -> None:
    tasks = [
        task("1", "Ann: refuted", "complete"),
        task("2", "Bob", "in_progress"),
        task("3", "Cid: late", "error"),
        task("4", "Result", "pending"),
    ]

    (only,) = classic([plan("1 of 3 voters done", tasks)])

    assert only["text"]["text"] == (
        "*1 of 3 voters done*\n✓ Ann: refuted\n⏳ Bob\n⚠ Cid: late\n◽ Result"
    )


def test_other_blocks_stay_as_they_are() -> None:
    kept = (section("Hello"), context("small"))

    assert classic(kept) == kept


def test_the_button_to_cancel_stays() -> None:
    card = messages(run(), shown=ResultShown.BOTH, broadcast_after=20)[0]

    assert [block["type"] for block in classic(card.blocks)] == [
        "section", "section", "actions", "context",
    ]  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs)
def test_any_run_is_shown_in_valid_and_harmless_older_blocks(a_run: Run) -> None:
    for message in messages(a_run, shown=ResultShown.BOTH, broadcast_after=20):
        blocks = classic(message.blocks)

        message_blocks(blocks)
        harmless_blocks(blocks)
        assert all(block["type"] != "plan" for block in blocks)


@given(hostile)
def test_a_title_that_was_read_literally_is_escaped(title: str) -> None:
    blocks = classic([plan("Working", [task("1", title or "…", "pending")])])

    for block in blocks:
        harmless_blocks([block])
