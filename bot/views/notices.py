"""Sentences for one person alone: usage, refusals, what happened to a wish."""

from __future__ import annotations

from bot.runs.limits import DAYS_MOST, LAST_MOST, TEXT_MOST, VOTERS_MOST
from bot.views.mrkdwn import line

ON_IT = "I am already on it."
NOT_YOURS = "Only the person who asked for a run can cancel it."
OVER = "This run is over already; there is nothing left to cancel."
NO_SUCH_RUN = "There is no such run any more."
BROKEN = "Something broke on our side, and nothing was started. Please try again in a minute."

_EXAMPLES = {
    "factcheck": "/factcheck The Great Wall is visible from the Moon",
    "brainstorm": "/brainstorm How do we halve the time a release takes?",
    "summarize": "/summarize #general since 7d",
}
_USAGE = {
    "factcheck": (
        "*Check a claim by a panel of voters*",
        "• `/factcheck The Great Wall is visible from the Moon`",
        "• `/factcheck` with the link to a message (⋮ → Copy link)",
        "Options: `--quick` (3 voters), `--deep` (9), `--voters 7`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
    "summarize": (
        "*Summarize a conversation, every point with its source*",
        "• `/summarize`: this channel, the last 24 hours",
        "• `/summarize since 7d`, or `24h`, `2w`, `90m`; `/summarize last 200` messages",
        "• `/summarize #channel since 7d`: another channel that you are in",
        "• `/summarize` with the link to a thread or message (⋮ → Copy link)",
        "Options: `--quick`, `--deep`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
    "brainstorm": (
        "*Ideas from several points of view, each blind to the others*",
        "• `/brainstorm How do we halve the time a release takes?`",
        "• `/brainstorm` with the link to a message (⋮ → Copy link)",
        "Options: `--quick`, `--deep`, `--private` (only to you), "
        "`--fresh` (asked anew, though the answers are known)",
    ),
}
_NO_THREADS = (
    "Slack takes no commands inside threads: type it in the channel, with the thread's link."
)


def usage(recipe: str) -> str:
    return "\n".join([*_USAGE[recipe], _NO_THREADS])


def unknown_command(command: str) -> str:
    known = ", ".join(f"`/{recipe}`" for recipe in _USAGE)
    return f"I do not know {line(command, 40)}; I know {known}."


def empty(recipe: str) -> str:
    return _with_example(recipe, "Say what to work on, or give the link to a message")


def too_long(recipe: str, length: int) -> str:
    said = f"That is {length:,} characters, and {TEXT_MOST:,} are the most that I take"
    return _with_example(recipe, f"{said}: shorten it, or post it and give me the message's link")


def unknown_option(recipe: str, name: str) -> str:
    voters = ", `--voters 7`" if recipe == "factcheck" else ""
    known = (
        f"I know `--quick`, `--deep`, `--private`, `--fresh`{voters}, and `--` alone before a "
        "text as it is"
    )
    return _with_example(recipe, f"There is no option --{line(name, 40)} here; {known}", "--quick")


def bad_voters(recipe: str) -> str:
    said = f"`--voters` takes a number from 1 to {VOTERS_MOST}"
    return _with_example(recipe, said, "--voters 7")


def two_depths(recipe: str) -> str:
    return _with_example(recipe, "Choose `--quick` or `--deep`, not both", "--deep")


def bad_link(recipe: str) -> str:
    said = "I can only open links to messages of this workspace (⋮ → Copy link on the message)"
    return _with_example(recipe, said)


def link_and_more(recipe: str) -> str:
    return _with_example(
        recipe, "A message link works alone: leave out the other words, or the link"
    )


def unknown_channel(name: str) -> str:
    said = f"I can't tell which channel {line(name, 80)} is: type # and pick it from Slack's list"
    return _with_example("summarize", said)


def bad_since() -> str:
    said = f"`since` takes a time such as 90m, 24h, 7d or 2w, at most {DAYS_MOST} days"
    return _with_example("summarize", said)


def bad_last() -> str:
    said = f"`last` takes a number of messages from 1 to {LAST_MOST:,}"
    return f"{said}, for example `/summarize last 200`."


def unknown_word(word: str) -> str:
    said = f"I do not understand “{line(word, 80)}” here; `/summarize help` shows what I do"
    return _with_example("summarize", said)


def _with_example(recipe: str, said: str, option: str = "") -> str:
    example = f"{_EXAMPLES[recipe]} {option}".strip()
    return f"{said}, for example `{example}`."
