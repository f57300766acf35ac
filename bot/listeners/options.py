"""Options that stand anywhere in a command's text: `--deep --voters 7`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.runs.limits import VOTERS_MOST
from bot.views import notices
from patterns.task import Depth

#: Phones make a long dash of two hyphens; a long dash before any other word is just text.
_OPTION = re.compile(
    r"(?<!\S)(?:--(?P<name>[A-Za-z][A-Za-z-]*)|[—–](?P<typed>deep|quick|private|fresh|voters|help))"
    r"(?:=(?P<value>\S*))?(?!\S)",
    re.IGNORECASE,
)
_END = re.compile(r"\s*--(?!\S)")
_NUMBER = re.compile(r"\s+([0-9]+)(?!\S)")
_VOTERS = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, kw_only=True)
class Options:
    """*depth* and *voters* are None where nothing was said."""

    depth: Depth | None = None
    voters: int | None = None
    private: bool = False
    fresh: bool = False
    help: bool = False


def take(recipe: str, text: str) -> tuple[str, Options] | str:
    """
    *text* without its options, and these; or a sentence on the first wrong one.

    As in any shell, `--` alone in front of the text says that no option follows.
    """
    options = Options()
    kept = ""
    at = 0
    while True:
        end = None if kept else _END.match(text, at)
        found = _OPTION.search(text, at)
        if end or not found:
            return f"{kept}{text[end.end() if end else at :]}".strip(), options
        kept = f"{kept}{text[at : found.start()]}".lstrip()
        name, value, at = _read(found, text)
        changed = _changed(options, recipe, name, value)
        if isinstance(changed, str):
            return changed
        options = changed


def _read(found: re.Match[str], text: str) -> tuple[str, str | None, int]:
    """An option's name, its value, and where the text goes on."""
    name = (found["name"] or found["typed"]).lower()
    number = _NUMBER.match(text, found.end())
    if name == "voters" and found["value"] is None and number:
        return name, number[1], number.end()
    return name, found["value"], found.end()


def _changed(options: Options, recipe: str, name: str, value: str | None) -> Options | str:
    match name:
        case "private":
            return replace(options, private=True)
        case "fresh":
            return replace(options, fresh=True)
        case "help":
            return replace(options, help=True)
        case "deep" | "quick" if (recipe, name) != ("safety", "quick"):
            depth = Depth(name)
            other = options.depth not in {None, depth}
            return notices.two_depths(recipe) if other else replace(options, depth=depth)
        case "voters" if recipe == "factcheck":
            voters = int(value) if value and _VOTERS.fullmatch(value) else 0
            sound = 1 <= voters <= VOTERS_MOST
            return replace(options, voters=voters) if sound else notices.bad_voters(recipe)
        case _:
            return notices.unknown_option(recipe, name)
