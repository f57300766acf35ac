"""Options, wherever they stand and however a phone writes them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.listeners import options
from patterns.task import Depth
from tests.listeners.keyboard import request


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("--deep X", {"depth": Depth.DEEP}),
        ("X —deep", {"depth": Depth.DEEP}),
        ("X –quick", {"depth": Depth.QUICK}),
        ("--Quick --quick X", {"depth": Depth.QUICK}),
        ("X --private", {"private": True}),
        ("--fresh X", {"fresh": True}),
        ("X —fresh", {"fresh": True}),
        ("--voters 7 X", {"voters": 7}),
        ("X --voters=15", {"voters": 15}),
        ("—voters 1 X", {"voters": 1}),
        (
            "--private --voters 3 X —deep",
            {"private": True, "voters": 3, "depth": Depth.DEEP},
        ),
        ("--deep -- X", {"depth": Depth.DEEP}),
    ],
)
def test_options_stand_anywhere(text: str, fields: dict[str, Any]) -> None:
    expected = request("/factcheck", "X").model_copy(update=fields)

    assert request("/factcheck", text) == expected


@pytest.mark.parametrize("option", ["--quick", "—quick", "--voters 5"])
def test_a_safety_check_has_no_panel_but_three_and_five(option: str) -> None:
    said = options.take("safety", f"{option} X")

    assert isinstance(said, str)
    assert "There is no option --" in said
    assert "`--quick`" not in said
    assert said.endswith("`/quorum safety Send me your password, or else --deep`.")
