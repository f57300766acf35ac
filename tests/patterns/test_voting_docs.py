"""What the page on voting shows is what comes out."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "voting.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_on_the_page_prints_what_stands_below_it():
    """In order, as somebody would type them: later ones use what earlier ones made."""
    names: dict[str, Any] = {"__name__": "examples"}
    printed, shown = "", 0
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            assert printed == text
            shown += 1
            continue
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(text, str(PAGE), "exec", dont_inherit=True), names)
        printed = out.getvalue()

    assert shown >= 10
