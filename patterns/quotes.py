"""Is a quote really in its source? Models like to mend what they quote."""

from __future__ import annotations

import unicodedata

_FOLD = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "..."}
)


def folded(text: str) -> str:
    """*text* as quotes are compared: width, case, spaces and kinds of quotation marks aside."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FOLD).casefold().split())


def stands_in(quote: str, source: str) -> bool:
    """True when every word of *quote* stands in *source*, in the same order and unbroken."""
    needle = folded(quote).strip("\"' ").removesuffix("...").strip()
    return bool(needle) and needle in folded(source)
