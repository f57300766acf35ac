"""What Slack's marks say in plain words: the way in, as `mrkdwn` is the way out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

NOBODY: Mapping[str, str] = MappingProxyType({})

#: A mark names a person, a channel, something special or an address; "a < b > c" is none.
_MARK = re.compile(r"<([@#!][^<>\n]+|[A-Za-z][A-Za-z0-9+.-]*:[^<>\n]+)>")
#: Signs of these kinds are drawn (letters, numbers, punctuation, symbols), but for the blank ones.
_DRAWN = frozenset("LNPS")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_LOUD = frozenset({"here", "channel", "everyone"})


def read(text: str, names: Mapping[str, str] = NOBODY) -> str:
    """
    *text* as people see it: names for mentions, addresses in the open, no entities.

    *names* are people's, by user id; without one it is the name that Slack put into the mark.
    """
    return unescaped(_MARK.sub(lambda mark: _words(mark[1], names), text))


def visible(text: str) -> bool:
    """Is there anything to see in *text*? Spaces, joiners and the like are nothing."""
    return any(unicodedata.category(sign)[0] in _DRAWN and sign not in _BLANK for sign in text)


def unescaped(text: str) -> str:
    """Undoes the three entities that Slack makes, and no others: they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(mark: str, names: Mapping[str, str]) -> str:
    target, _, label = mark.partition("|")
    match target[0]:
        case "@":
            return "@" + (names.get(target[1:]) or label or target[1:])
        case "#":
            return "#" + (label or target[1:])
        case "!":
            return _special(target[1:].partition("^")[0], label)
        case _:
            return _link(target, label)


def _special(kind: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@team>`, `<!date^0^{date}|today>`."""
    return label if label and kind not in _LOUD else f"@{kind}"


def _link(target: str, label: str) -> str:
    """Slack makes links of bare addresses, too: such a label is all that was typed."""
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if label in {"", address}:
        return address
    return label if address in {f"http://{label}", f"https://{label}"} else f"{label} ({address})"
