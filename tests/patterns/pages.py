"""Pages whose examples are run."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def prints_what_it_shows(name: str) -> int:
    """
    How many outputs the page *name* shows, all of which are what comes out.

    In order, as somebody would type the examples: later ones use what earlier ones made.
    """
    page = DOCS / name
    names: dict[str, Any] = {"__name__": "examples"}
    printed, shown = "", 0
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "text":
            assert printed == text
            shown += 1
            continue
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(text, str(page), "exec", dont_inherit=True), names)
        printed = out.getvalue()
    return shown
