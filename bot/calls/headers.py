"""What servers say of their limits in the headers of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: By OpenAI and those who speak like it, and by Anthropic.
_DIALECTS = (
    (
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
    ),
    (
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-tokens-limit",
        "anthropic-ratelimit-tokens-remaining",
    ),
)
#: No server allows more a minute; what claims to is some other number.
_MOST = 1e12
#: No server allows less a minute: it would answer nobody.
_LEAST_REQUESTS, _LEAST_TOKENS = 1, 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What a minute may hold, and how much of it is left; None where nothing usable was said."""

    requests: float | None
    requests_left: float | None
    tokens: float | None
    tokens_left: float | None


def told(headers: Mapping[str, str]) -> Told | None:
    """
    None where the server says nothing of limits. *headers* are looked up in lower case.

    When a limit is reset is left unread: some servers name when all of it is back, some when
    a part, and a wait for all of it would waste most of a minute.
    """
    for names in _DIALECTS:
        said = [headers.get(name) for name in names]
        if any(said):
            requests, requests_left, tokens, tokens_left = map(_number, said)
            return Told(
                _limit(requests, _LEAST_REQUESTS),
                requests_left,
                _limit(tokens, _LEAST_TOKENS),
                tokens_left,
            )
    return None


def _limit(said: float | None, least: float) -> float | None:
    return None if said is None or said < least else said


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= _MOST else None
