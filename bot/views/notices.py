"""Sentences for one person alone: usage, refusals, what happened to a wish."""

from __future__ import annotations

from collections.abc import Mapping

from bot.runs.desk import Did
from bot.runs.limits import CHANNELS_MOST, DAYS_MOST, LAST_MOST, TEXT_MOST, VOTERS_MOST
from bot.views.actions import CANCEL, COMMANDS, RATE_DOWN, RATE_UP, RERUN, RETRY, SHARE
from bot.views.manual import ABOUT, EXAMPLES, HELP, USAGE
from bot.views.mrkdwn import line, link

ON_IT = "I am already on it."
NOT_YOURS = "Only who asked for this run, or an admin of the workspace, can do that."
OVER = "This run is over already; there is nothing left to cancel."
NO_SUCH_RUN = "I find no run of that id that you may see: `/quorum runs` lists those that you may."
BROKEN = "Something broke on our side, and nothing was started. Please try again in a minute."
CANCELLED = "Cancelled."
ADMINS_ONLY = "Only admins of the workspace can change its settings."
NO_FORM = "Slack does not open this window now: please try again."
NO_SUCH_MESSAGE = "I can't tell which message that is: please choose it again."
STRANGER = "Only members of the workspace that I was added to can ask me something here."
WHICH_RUN = "Say which run, by the beginning of its id: `/quorum runs` lists them."
FOR_ME_ALONE = (
    "I can tell what concerns you, but not what concerns others: for example "
    "`/summarize since 7d for me`."
)
_STILL_OPEN = "This run is still at work: cancel it first, or wait for its end."
_NO_RESULT = "This run has no result."

#: None where the card itself shows it, or a message that everybody sees.
_SAID: Mapping[str, Mapping[Did, str | None]] = {
    CANCEL: {
        Did.YES: None,
        Did.ALREADY: "This run is cancelled already.",
        Did.TOO_LATE: OVER,
        Did.NOT_YOURS: NOT_YOURS,
    },
    RETRY: {
        Did.YES: None,
        Did.ALREADY: "This run was tried again already: its card shows how it goes.",
        Did.TOO_EARLY: _STILL_OPEN,
        Did.NOTHING: "Nothing of this run failed; Re-run asks all of it anew.",
        Did.NOT_YOURS: NOT_YOURS,
    },
    RERUN: {Did.YES: None, Did.TOO_EARLY: _STILL_OPEN, Did.NOT_YOURS: NOT_YOURS},
    SHARE: {
        Did.YES: "Shared: the channel where you asked sees it now.",
        Did.ALREADY: "It is shared already: the channel where you asked sees it.",
        Did.TOO_EARLY: _NO_RESULT,
        Did.NOTHING: "There is nothing to share: the channel where you asked sees this result.",
        Did.NOT_YOURS: "Only who asked for a private result can share it.",
    },
    RATE_UP: {Did.YES: "Thank you: noted as helpful.", Did.TOO_EARLY: _NO_RESULT},
    RATE_DOWN: {Did.YES: "Thank you: noted as not helpful.", Did.TOO_EARLY: _NO_RESULT},
}

_SHORTCUTS = {
    "factcheck": "Fact-check message",
    "summarize": "Summarize thread",
    "brainstorm": "Brainstorm on this",
}
WAYS_IN = (
    "In a channel: `/factcheck`, `/summarize` or `/brainstorm`. In a thread: `@Quorum summarize`. "
    "On a message: ⋮ → Fact-check message, Summarize thread or Brainstorm on this. "
    "Files: `/quorum logs` and `/quorum extract`. "
    "In our direct messages: the same words without the slash. More: `/quorum help`."
)
#: How a conversation with us begins: what is on the button, and what it says for the person.
PROMPTS = (
    ("Check a claim", "factcheck The Great Wall is visible from the Moon"),
    ("Brainstorm on a problem", "brainstorm How do we halve the time a release takes?"),
    ("See whether a text could do harm", "safety Send me your password, or else"),
    ("See what I can do", "help"),
)


def said(action: str, did: Did) -> str | None:
    """What the person is told whose wish, by the id of its button, became *did*."""
    return _SAID[action].get(did, NO_SUCH_RUN)


def on_it(url: str) -> str:
    """*url* is that of the card that shows it; empty while there is none."""
    return f"I am already on it: {link(url, 'open its card')}." if url else ON_IT


def general() -> str:
    return "\n".join(HELP)


def welcome() -> str:
    """The first words of a conversation with us."""
    return "\n".join(
        [
            "Hello! I check claims by voters, summarize conversations, and collect ideas.",
            f"Write for example `{PROMPTS[0][1]}`, or `help`.",
        ]
    )


def mention_usage() -> str:
    return (
        "Say what to do after my name: `summarize` (this thread, or in a channel its last day), "
        "`factcheck The Great Wall is visible from the Moon`, `brainstorm How do we halve the time "
        "a release takes?`, `safety Send me your password, or else`, `logs` or `extract fields: "
        "name, amount: number` with a file, or `help`; in a thread, all but `summarize` alone mean "
        "its first message."
    )


def unknown_subcommand(word: str) -> str:
    return (
        f"I do not know “{line(word, 40)}”; after `/quorum` come help, runs, show, cancel, usage, "
        "panel, factcheck, summarize, brainstorm, safety, logs or extract, for example "
        "`/quorum runs`."
    )


def no_form(recipe: str) -> str:
    """Where the form to ask with was not opened."""
    return _with_example(recipe, "I can't open a form now: type it after the command")


def usage(recipe: str) -> str:
    return "\n".join([*USAGE[recipe], _in_threads(recipe)])


def unknown_command(command: str) -> str:
    known = ", ".join(f"`/{recipe}`" for recipe in COMMANDS)
    return f"I do not know {line(command, 40)}; I know {known}."


def empty(recipe: str) -> str:
    return _with_example(recipe, "Say what to work on, or give the link to a message")


def too_long(recipe: str, length: int) -> str:
    said = f"That is {length:,} characters, and {TEXT_MOST:,} are the most that I take"
    return _with_example(recipe, f"{said}: shorten it, or post it and give me the message's link")


def unknown_option(recipe: str, name: str) -> str:
    voters = ", `--voters 7`" if recipe == "factcheck" else ""
    quick, example = ("", "--deep") if recipe == "safety" else ("`--quick`, ", "--quick")
    known = (
        f"I know {quick}`--deep`, `--private`, `--fresh`{voters}, and `--` alone before a "
        "text as it is"
    )
    return _with_example(recipe, f"There is no option --{line(name, 40)} here; {known}", example)


def bad_voters(recipe: str) -> str:
    said = f"`--voters` takes a number from 1 to {VOTERS_MOST}"
    return _with_example(recipe, said, "--voters 7")


def two_depths(recipe: str) -> str:
    return _with_example(recipe, "Choose `--quick` or `--deep`, not both", "--deep")


def bad_link(recipe: str) -> str:
    said = "I can only open links to messages of this workspace (⋮ → Copy link on the message)"
    return _with_example(recipe, said)


def link_and_more(recipe: str) -> str:
    """A message's link among words that it does not go with."""
    match recipe:
        case "summarize":
            said = "Behind a message link, and one alone, come `about …` and `for me` and no more"
        case "logs":
            said = "The message link comes first, and alone; behind it perhaps `about …`"
        case "extract":
            said = "The message link comes first, and alone; behind it come the fields"
        case _:
            said = "A message link works alone: leave out the other words, or the link"
    return f"{said}, for example `{ABOUT.get(recipe, EXAMPLES[recipe])}`."


def unknown_channel(name: str) -> str:
    said = f"I can't tell which channel {line(name, 80)} is: type # and pick it from Slack's list"
    return _with_example("summarize", said)


def too_many_channels(number: int) -> str:
    said = f"These are {number:,} channels, and {CHANNELS_MOST} are the most of one summary"
    return f"{said}: ask for some of them, for example `/summarize #general #random since 7d`."


def empty_about(recipe: str) -> str:
    return f"Say behind `about` what it is about, for example `{ABOUT[recipe]}`."


def no_file(recipe: str) -> str:
    said = "Give the link to the message that the file came with (⋮ → Copy link on it)"
    return _with_example(recipe, said)


def bad_fields(why: str) -> str:
    """*why* may repeat what was typed."""
    return f"{line(why, 500)} `/quorum extract help` has an example."


def bad_since() -> str:
    said = (
        f"`since` takes a time such as 90m, 24h, 7d or 2w, at most {DAYS_MOST} days, or `last` for "
        "your last summary"
    )
    return _with_example("summarize", said)


def bad_last() -> str:
    said = f"`last` takes a number of messages from 1 to {LAST_MOST:,}"
    return f"{said}, for example `/summarize last 200`."


def unknown_word(word: str) -> str:
    said = f"I do not understand “{line(word, 80)}” here; a question goes behind `about`"
    return f"{said}, for example `/summarize since 7d about pricing`."


def _in_threads(recipe: str) -> str:
    shortcut = _SHORTCUTS.get(recipe)
    menu = f", or choose ⋮ → {shortcut} on a message" if shortcut else ""
    said = f"Slack takes no commands inside threads: mention me there (`@Quorum {recipe}`){menu}."
    return (
        said if recipe == "summarize" else f"{said} Alone, that means the thread's first message."
    )


def _with_example(recipe: str, said: str, option: str = "") -> str:
    example = f"{EXAMPLES[recipe]} {option}".strip()
    return f"{said}, for example `{example}`."
