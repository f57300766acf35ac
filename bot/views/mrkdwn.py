"""The only way for text that we did not write into text that Slack will read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.runs.signs import clean
from bot.views.marks import harmless, without_pairs

_BROADCAST = re.compile(r"@(?=(?:channel|here|everyone)(?![^\W_]))", re.IGNORECASE)
#: What a cut would leave of an entity, or make of a longer word.
_TORN = re.compile(r"(?:&[a-z]{0,3}|@(?:channel|here|everyone))\Z", re.IGNORECASE)
_FORBIDDEN_IN_LINK = re.compile(r"[\s<>|]")
_PERSON = re.compile(r"[UW][A-Z0-9]{1,30}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{1,30}")
_LINK_MOST = 2_000
_WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """
    *text* so that Slack shows it and does nothing else with it.

    It makes no mention, no link and no formatting. Formatting is ours alone, so that a
    message can't imitate our labels or leave a code fence open over our words: pairs of marks
    go, and look-alikes stand in for single ones, because an invisible joiner would depend on
    how each client reads it.
    """
    quiet = _quiet(without_pairs(clean(text)))
    return harmless(quiet).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(text: str, limit: int) -> str:
    """*text* in one line of at most *limit* characters, escaped."""
    return clip(plain(" ".join(clean(text).split())).strip(), limit)


def bold(text: str, limit: int) -> str:
    """*text* in one bold line; a star of its own would end the bold early."""
    return f"*{line(text, limit - 2).replace('*', '∗')}*"


def label(text: str, limit: int) -> str:
    """
    *text* in one line for the places that Slack reads literally, as titles of tasks.

    An entity would be shown as it stands there, so angle brackets become look-alikes.
    """
    bare = without_pairs(" ".join(clean(text).split())).strip()
    return clip(_quiet(bare.replace("<", "‹").replace(">", "›")), limit)


def clip(text: str, limit: int) -> str:
    """
    Escaped *text* in at most *limit* characters, never cut inside an entity or into a call to all.

    Counted in UTF-16 units, the larger of the two ways in which a limit may be meant.
    """
    if width(text) <= limit:
        return text
    room = limit - 1
    kept = text[: max(room, 0)]
    while (over := width(kept) - room) > 0 and kept:
        kept = kept[: -((over + 1) // 2)]
    return _TORN.sub("", kept).rstrip() + "…" if limit > 0 else ""


def width(text: str) -> int:
    """The length of *text* in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def link(url: str, text: str) -> str:
    """
    A link with our own *text*; the text alone unless *url* is a web address.

    *url* has to come from what was read, never from a model.
    """
    shown = plain(text)
    return f"<{url.replace('&', '&amp;')}|{shown}>" if is_web(url) else shown


def is_web(url: str) -> bool:
    """Can *url* stand in a link? Not with a name before its host, which is there to mislead."""
    if _FORBIDDEN_IN_LINK.search(url) or clean(url) != url or len(url) > _LINK_MOST:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and "@" not in parts.netloc


def person(user: str) -> str:
    """A mention of the person with this id: one of the two tokens that we make."""
    return f"<@{user}>" if _PERSON.fullmatch(user) else line(user, 80)


def channel(channel_id: str) -> str:
    """The channel with this id, as Slack shows it."""
    return f"<#{channel_id}>" if _CHANNEL.fullmatch(channel_id) else line(channel_id, 80)


def _quiet(text: str) -> str:
    return _BROADCAST.sub("@" + _WORD_JOINER, text)
