"""Links to messages, and the marks that Slack puts around things in a command's text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.views.mrkdwn import clean

_MARK = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>|]+)(?:\|[^<>]*)?>?", re.IGNORECASE)
_PATH = re.compile(r"/archives/([CGD][A-Z0-9]{2,})/p(\d{10})(\d{6})/?")
_TS = re.compile(r"\d{10}\.\d{6}")
_PERMALINK = re.compile(r"/archives/[CGD][A-Z0-9]{2,}/p\d{16}")


@dataclass(frozen=True, kw_only=True)
class MessageLink:
    """*thread_ts* is the root's, where the link says that the message stands in a thread."""

    channel: str
    ts: str
    thread_ts: str | None = None


def address(text: str) -> str | None:
    """The web address that *text* is, and nothing else; None for any other text."""
    found = _ADDRESS.fullmatch(text.strip())
    return _unescaped(found["url"]) if found else None


def mentions_message(text: str) -> bool:
    """Does a link to a message stand somewhere in *text*?"""
    return _PERMALINK.search(text) is not None


def message_link(url: str, workspace_url: str) -> MessageLink | None:
    """The message that *url* leads to; None where that is no message of this workspace."""
    try:
        parts, home = urlsplit(url), urlsplit(workspace_url)
        found = _PATH.fullmatch(parts.path)
        if found is None or parts.netloc.lower() != home.netloc.lower():
            return None
        roots = parse_qs(parts.query).get("thread_ts", [])
    except ValueError:
        return None
    root = next((ts for ts in roots if _TS.fullmatch(ts)), None)
    return MessageLink(channel=found[1], ts=f"{found[2]}.{found[3]}", thread_ts=root)


def spoken(text: str) -> str:
    """*text* as the person typed it: Slack's marks read back, its entities undone."""
    return clean(_unescaped(_MARK.sub(lambda found: _read_back(found[1]), text))).strip()


def _read_back(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#")):
        return f"{target[0]}{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    bare = target.removeprefix("mailto:")
    if label in {"", bare}:
        return bare
    return label if bare in {f"http://{label}", f"https://{label}"} else f"{label} ({bare})"


def _unescaped(text: str) -> str:
    """Undoes the three entities that Slack makes, and no others: they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
