"""Slack's formatting marks in foreign text: taken out in pairs, made harmless where single."""

from __future__ import annotations

import re

#: Marks are judged by what stands around them, and a pair by the words inside.
_PIECE = re.compile(r"(?P<marks>([*_~`])\2*)|[^\W_]+")
_LOOK_ALIKE = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_IN_FRONT = frozenset("([{<\"'“‘„«—–:*_~`")
_BEHIND = frozenset(")]}>\"'”’»—–-.,:;!?…*_~`")
#: With one of these next to it inside, a mark is part of a path or a pattern: "*.py, *.md*".
_NOT_INSIDE = frozenset("./\\,;:!?([{)]}")


def without_pairs(text: str) -> str:
    """
    *text* without the marks that stand around words as a pair.

    Half of a pair is nobody's wish, and the marks of a whole one only stand for a look that
    foreign text can't have. Two underscores belong to a name: `__init__`.
    """
    opened: dict[str, re.Match[str]] = {}
    dropped: list[tuple[int, int]] = []
    word_at = -1
    for piece in _PIECE.finditer(text):
        marks = piece["marks"]
        if marks is None:
            word_at = piece.start()
            continue
        first = opened.get(marks)
        if first and first.end() <= word_at and _may_end(text, piece):
            dropped += [first.span(), piece.span()]
            del opened[marks]
        elif _may_begin(text, piece):
            opened[marks] = piece
    return _cut(text, sorted(dropped))


def harmless(text: str) -> str:
    """*text* with look-alikes for all marks that could begin or end formatting."""
    return _PIECE.sub(
        lambda piece: piece[0].translate(_LOOK_ALIKE) if _formats(text, piece) else piece[0], text
    )


def _formats(text: str, piece: re.Match[str]) -> bool:
    """Not inside a word, and not alone between spaces; but a backtick does anywhere."""
    if piece["marks"] is None:
        return False
    before, after = _around(text, piece)
    inside = before.isalnum() and after.isalnum()
    alone = not before.strip() and not after.strip()
    return piece[0][0] == "`" or not (inside or alone)


def _may_begin(text: str, piece: re.Match[str]) -> bool:
    before, after = _around(text, piece)
    outside = not before.strip() or before in _IN_FRONT
    return outside and _may_hold(piece, after)


def _may_end(text: str, piece: re.Match[str]) -> bool:
    before, after = _around(text, piece)
    outside = not after.strip() or after in _BEHIND
    return outside and _may_hold(piece, before)


def _may_hold(piece: re.Match[str], inside: str) -> bool:
    """Can the mark stand around text with the character *inside* next to it?"""
    if piece[0].startswith("```"):
        return True
    if not inside.strip() or piece[0].startswith("__"):
        return False
    return piece[0][0] == "`" or inside not in _NOT_INSIDE


def _around(text: str, piece: re.Match[str]) -> tuple[str, str]:
    """The characters in front of *piece* and behind it; empty at an end of the text."""
    return text[max(piece.start() - 1, 0) : piece.start()], text[piece.end() : piece.end() + 1]


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    kept: list[str] = []
    at = 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])
