"""Characters that show nothing and do something."""

from __future__ import annotations

import re

#: C0 and C1 controls (not newline and tab), lone surrogates, the marks and controls that turn
#: text around, and the invisible tag characters. Joiners and variation selectors stay:
#: emoji and Persian need them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """*text* without characters that hide, turn around or break what is read."""
    return text if text.isprintable() else _UNSAFE.sub("", text)
