"""Which messages of which channel: `#channel since 7d last 200`, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.listeners.links import mentions_message, spoken
from bot.runs.limits import DAYS_MOST, LAST_MOST
from bot.runs.model import Window
from bot.views import notices

_DAY = 86_400
_SINCE = 1.0 * _DAY
_UNITS = {"m": 60, "h": 3_600, "d": _DAY, "w": 7 * _DAY}
_AGE = re.compile(r"([0-9]{1,6})(m|h|d|w)", re.IGNORECASE)
_CHANNEL = re.compile(r"<#(?P<id>[CGD][A-Z0-9]+)(?:\|[^<>]*)?>")
_PART = re.compile(
    r"(?P<channel><#[^<>]*>|#\S+)"
    r"|(?P<since>since\b)(?:\s+(?P<age>\S+))?"
    r"|(?P<last>last\b)(?:\s+(?P<count>\S+))?"
    r"|(?P<other>\S+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    channel: str
    seconds: float | None = None
    limit: int | None = None


def window(text: str, here: str, now: float) -> Window | str:
    """
    The window that *text* asks for, or a sentence on what is wrong with it.

    With no bounds it is the last 24 hours of the channel *here*.
    """
    bounds = _Bounds(channel=here)
    for part in _PART.finditer(text):
        read = _read(part, bounds)
        if isinstance(read, str):
            return read
        bounds = read
    seconds = bounds.seconds
    if seconds is None and bounds.limit is None:
        seconds = _SINCE
    oldest = None if seconds is None else f"{now - seconds:.6f}"
    return Window(channel=bounds.channel, oldest=oldest, limit=bounds.limit)


def _read(part: re.Match[str], bounds: _Bounds) -> _Bounds | str:
    if part["channel"]:
        return _channel(part["channel"], bounds)
    if part["since"]:
        return _since(part["age"] or "", bounds)
    if part["last"]:
        return _last(part["count"] or "", bounds)
    if mentions_message(part["other"]):
        return notices.link_and_more("summarize")
    return notices.unknown_word(spoken(part["other"]))


def _channel(said: str, bounds: _Bounds) -> _Bounds | str:
    found = _CHANNEL.fullmatch(said)
    if found is None:
        return notices.unknown_channel(spoken(said))
    return replace(bounds, channel=found["id"])


def _since(age: str, bounds: _Bounds) -> _Bounds | str:
    found = _AGE.fullmatch(age)
    seconds = int(found[1]) * _UNITS[found[2].lower()] if found else 0
    if not 0 < seconds <= DAYS_MOST * _DAY:
        return notices.bad_since()
    return replace(bounds, seconds=seconds)


def _last(count: str, bounds: _Bounds) -> _Bounds | str:
    number = int(count) if re.fullmatch(r"[0-9]{1,6}", count) else 0
    if not 1 <= number <= LAST_MOST:
        return notices.bad_last()
    return replace(bounds, limit=number)
