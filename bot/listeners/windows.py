"""Which messages of which channels: `#a #b since 7d last 200`, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.listeners.links import spoken
from bot.runs.limits import CHANNELS_MOST, DAYS_MOST, LAST_MOST
from bot.runs.model import Several, Window
from bot.views import notices

_DAY = 86_400
_SINCE = 1.0 * _DAY
_UNITS = {"m": 60, "h": 3_600, "d": _DAY, "w": 7 * _DAY}
_AGE = re.compile(r"([0-9]{1,6})(m|h|d|w)", re.IGNORECASE)
_CHANNEL = re.compile(r"<#(?P<id>[CGD][A-Z0-9]+)(?:\|[^<>]*)?>")
_PART = re.compile(
    r"(?P<channel><#[^<>]*>|#\S+)"
    r"|(?P<again>since\s+(?:my\s+)?last(?:\s+(?:time|summary))?(?!\S))"
    r"|(?P<since>since\b)(?:\s+(?P<age>\S+))?"
    r"|(?P<last>last\b)(?:\s+(?P<count>\S+))?"
    r"|(?P<other>\S+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    channels: tuple[str, ...] = ()
    seconds: float | None = None
    limit: int | None = None
    since_last: bool = False


def window(text: str, here: str, now: float) -> Window | Several | str:
    """
    The windows that *text* asks for, or a sentence on what is wrong with it.

    With no bounds it is the last 24 hours of the channel *here*.
    """
    bounds = _Bounds()
    for part in _PART.finditer(text):
        read = _read(part, bounds)
        if isinstance(read, str):
            return read
        bounds = read
    if len(bounds.channels) > CHANNELS_MOST:
        return notices.too_many_channels(len(bounds.channels))
    windows = tuple(_window(channel, bounds, now) for channel in bounds.channels or (here,))
    return windows[0] if len(windows) == 1 else Several(windows=windows)


def usual(channel: str, now: float) -> Window:
    """Its last 24 hours."""
    return _window(channel, _Bounds(), now)


def _window(channel: str, bounds: _Bounds, now: float) -> Window:
    seconds = bounds.seconds
    if seconds is None and (bounds.limit is None or bounds.since_last):
        seconds = _SINCE
    return Window(
        channel=channel,
        oldest=None if seconds is None else f"{now - seconds:.6f}",
        limit=bounds.limit,
        since_last=bounds.since_last,
    )


def _read(part: re.Match[str], bounds: _Bounds) -> _Bounds | str:
    if part["channel"]:
        return _channel(part["channel"], bounds)
    if part["again"]:
        return replace(bounds, seconds=None, since_last=True)
    if part["since"]:
        return _since(part["age"] or "", bounds)
    if part["last"]:
        return _last(part["count"] or "", bounds)
    return notices.unknown_word(spoken(part["other"]))


def _channel(said: str, bounds: _Bounds) -> _Bounds | str:
    """A channel twice is once."""
    found = _CHANNEL.fullmatch(said)
    if found is None:
        return notices.unknown_channel(spoken(said))
    return replace(bounds, channels=tuple(dict.fromkeys((*bounds.channels, found["id"]))))


def _since(age: str, bounds: _Bounds) -> _Bounds | str:
    found = _AGE.fullmatch(age)
    seconds = int(found[1]) * _UNITS[found[2].lower()] if found else 0
    if not 0 < seconds <= DAYS_MOST * _DAY:
        return notices.bad_since()
    return replace(bounds, seconds=seconds, since_last=False)


def _last(count: str, bounds: _Bounds) -> _Bounds | str:
    number = int(count) if re.fullmatch(r"[0-9]{1,6}", count) else 0
    if not 1 <= number <= LAST_MOST:
        return notices.bad_last()
    return replace(bounds, limit=number)
