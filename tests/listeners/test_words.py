"""The first word decides, however it is spelled."""

from __future__ import annotations

import pytest

from bot.listeners.words import first


@pytest.mark.parametrize(
    ("said", "word", "rest"),
    [
        ("", "help", ""),
        ("  \n", "help", ""),
        ("?", "help", ""),
        ("Runs", "runs", ""),
        ("/factcheck X", "factcheck", "X"),
        ("fact-check: X, Y", "factcheck", "X, Y"),
        ("check X", "factcheck", "X"),
        ("Summarise,\nlast 5", "summarize", "last 5"),
        ("summary", "summarize", ""),
        ("ideas for a name", "brainstorm", "for a name"),
        ("Safety-check: a text", "safety", "a text"),
        ("moderate a text", "safety", "a text"),
        ("log about timeouts", "logs", "about timeouts"),
        ("extract fields: name", "extract", "fields: name"),
        ("show  1a2b ", "show", "1a2b"),
        ("brainstorm\none\ntwo", "brainstorm", "one\ntwo"),
        (":", "help", ""),
        ("frobnicate it", "frobnicate", "it"),
    ],
)
def test_a_first_word_and_the_rest(said: str, word: str, rest: str) -> None:
    assert first(said) == (word, rest)
