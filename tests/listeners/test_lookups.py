"""What is looked up, and the words that do it."""

from __future__ import annotations

import pytest

from bot.listeners.lookups import WORDS, run_id
from bot.views import notices


@pytest.mark.parametrize("word", sorted(WORDS))
def test_help_names_every_word(word: str) -> None:
    assert f"/quorum {word}" in notices.general() or word == "help"


@pytest.mark.parametrize("pasted", ["1a2b", " 1A2B\n", "`1a2b`", "#1a2b", "_1a2b_", "*1a2b*"])
def test_an_id_is_taken_as_it_is_pasted(pasted: str) -> None:
    assert run_id(pasted) == "1a2b"
