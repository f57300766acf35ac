"""Links to messages, and the text around them as it was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.views.mrkdwn import clean
from bot.views.reading import read, unescaped

_ADDRESS = re.compile(
    r"\s*<?(?P<url>https?://[^\s<>|]+)(?:\|[^<>]*)?>?(?!\S)(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
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
    url, rest = led(text)
    return None if rest else url


def led(text: str) -> tuple[str | None, str]:
    """The web address that *text* begins with, and what follows it; None and all of it else."""
    found = _ADDRESS.fullmatch(text)
    return (unescaped(found["url"]), found["rest"].strip()) if found else (None, text.strip())


def mentions_message(text: str) -> bool:
    """Does a link to a message stand somewhere in *text*?"""
    return _PERMALINK.search(text) is not None


def message_link(url: str, workspace_url: str) -> MessageLink | None:
    """
    The message that *url* leads to; None where that is no message of this workspace.

    As long as *workspace_url* is not known it is empty, and the channel alone decides: one of
    another workspace can't be read.
    """
    try:
        parts, home = urlsplit(url), urlsplit(workspace_url)
        found = _PATH.fullmatch(parts.path)
        if found is None or (home.netloc and parts.netloc.lower() != home.netloc.lower()):
            return None
        roots = parse_qs(parts.query).get("thread_ts", [])
    except ValueError:
        return None
    root = next((ts for ts in roots if _TS.fullmatch(ts)), None)
    return MessageLink(channel=found[1], ts=f"{found[2]}.{found[3]}", thread_ts=root)


def spoken(text: str) -> str:
    """*text* as the person typed it: Slack's marks read back, its entities undone."""
    return clean(read(text)).strip()
