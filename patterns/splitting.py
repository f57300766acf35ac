"""Texts by their weight: how many tokens they are, about, and how they are cut to fit."""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

#: ASCII that tokenizers seldom put together with what stands beside it: it counts twice.
_TWICE = (string.digits + string.punctuation).encode()
_WEIGHTS = bytes(1 + (byte in _TWICE) for byte in range(256))
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]|\n+")


def weight(text: str) -> int:
    """
    Of *text* in quarters of a token: its UTF-8 bytes, ASCII digits and punctuation counted twice.
    """
    written = text.encode(errors="replace")
    return 2 * len(written) - len(written.translate(None, _TWICE))


def split(text: str, room: int) -> Iterator[str]:
    """
    All of *text*, in parts that weigh at most *room*: cut behind a sentence that ends in the second
    half of one, or else behind a space where there is one.
    """
    start = 0
    while start < len(text):
        end = start + max(1, _held(text[start : start + room], room))
        if end < len(text):
            ends = _SENTENCE.finditer(text, (start + end) // 2, end)
            sentence = max((found.end() for found in ends), default=0)
            space = max(text.rfind(" ", start, end), text.rfind("\n", start, end)) + 1
            end = sentence or space or end
        yield text[start:end]
        start = end


def ending(text: str, room: int) -> str:
    """The last words of *text*, behind an ellipsis, in about *room*; at least a character."""
    held = _held(text[::-1], room - weight("…"))
    end = text[-max(1, held) :]
    return f"…{end.partition(' ')[2] or end}"


def _held(text: str, room: int) -> int:
    """How many characters of *text* weigh at most *room*."""
    head = text.encode(errors="replace")[: max(0, room)]
    held = bisect_right(list(accumulate(head.translate(_WEIGHTS))), room)
    return len(head[:held].decode(errors="ignore"))
