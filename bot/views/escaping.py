"""
Foreign text in terminals and in Markdown.

`one_line` takes out what could drive a terminal, `escaped` what Markdown would read as more
than words.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

#: Whole sequences first, or their tails ("[31m", a window's title) would stay as text.
_SEQUENCE = re.compile(
    r"""
    (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]                      # CSI: colours, cursor
    | (?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x07|\x9c|\x1b\\|$)  # OSC, DCS, …: to their end
    | \x1b[ -/]*[0-~]                                     # the two-character ones
    """,
    re.VERBOSE | re.DOTALL,
)
#: Turning the direction of text, and tags that nobody sees.
_HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_DEAD = frozenset({"Cc", "Cs"})  # controls, and halves of characters
#: Underscores inside a word mean nothing, and stay as people would copy them.
_SPECIAL = re.compile(r"[\\`*\[\]<>&~|]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(r"^(\d*)([-+=#.)])")


def one_line(text: str) -> str:
    """*text* in one line that no terminal takes for an order."""
    shown = _HIDDEN.sub("", _SEQUENCE.sub("", text))
    signs = (sign for sign in shown if sign.isspace() or unicodedata.category(sign) not in _DEAD)
    return " ".join("".join(signs).split())


def escaped(text: str) -> str:
    """*text* in one line of Markdown that shows just these words, wherever it is put."""
    safe = _SPECIAL.sub(r"\\\g<0>", one_line(text))
    return _BLOCK.sub(r"\1\\\2", safe)


def web_link(text: str, link: str) -> str:
    """A web address under our own *text*; another place, in a file say, stands as it is."""
    clean = one_line(link)
    try:
        followed = urlsplit(clean).scheme in {"http", "https"}
    except ValueError:
        followed = False
    if followed and not set(clean) & set(" <>\\"):
        return f"[{text}](<{clean}>)"
    return escaped(clean)
