"""
What the client library and a model's server say when they fail, in the words of `patterns`.

No sentence holds text of the server: it may repeat keys and prompts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import openai

from patterns.errors import (
    AnswerUnusable,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from patterns.usage import Usage

GARBLED = "the model's server sent something that is no answer"
NO_SEARCH = "this model server has no web search"

_NO_CREDIT = frozenset({
    "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance"
})  # fmt: skip
_BAD_KEY = frozenset({"invalid_api_key", "invalid_organization", "account_deactivated"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length", "request_too_large"})
#: How servers without such codes say that a question is too long.
_TOO_LONG_WORDS = ("context length", "maximum context", "context size", "context window")
#: How servers say 429 to a single request that is beyond what they ever let in at once.
_TOO_LARGE_WORDS = ("request too large", "request is too large", "must be reduced")
_FILTERED = frozenset({"content_filter", "content_policy_violation"})

_DENIED = {
    401: "The model's server refused the key. Set OPENAI_API_KEY to a valid one.",
    402: "The account behind the key has no credit left. Add some, or set another OPENAI_API_KEY.",
    403: "The key may not use this model. Set QUORUM_MODEL to another, or ask for the right to it.",
    404: "The server has no such model. Check QUORUM_MODEL, and OPENAI_BASE_URL if you set it.",
}
_BROKEN = (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, ConnectionResetError)
_AGAIN = frozenset({408, 409, 425})
#: How servers say that they do not know the request, and the field that they do not know.
_NO_SUCH_WAY, _NO_SUCH_FIELD = frozenset({404, 405, 501}), frozenset({400, 422})
_TOOL_WORDS = ("web_search", "tools", "tool_choice", "hosted tool")
#: Too much was asked of the server; 529 is how Anthropic's says so.
_BUSY = frozenset({429, 529})
#: An error instead of an answer is a request, and no provider bills it.
_ONE_CALL = Usage(calls=1)


def translated(err: openai.OpenAIError, now: datetime | None = None) -> ModelError | ModelDenied:
    """
    *err* as a pattern error; *now* is for reading dates in `Retry-After`.

    Its usage is one call where the server surely answered nothing, else empty.
    """
    if isinstance(err, openai.APIStatusError):
        return _status(err, now or datetime.now(UTC))
    if isinstance(err, openai.APIConnectionError):
        return _broken(err)
    return ModelUnavailable(GARBLED)


def translated_search(err: openai.OpenAIError) -> ModelError | ModelDenied:
    """As above, where the web was to be searched: not every server, nor every model, can."""
    if isinstance(err, openai.APIStatusError) and _cannot_search(err):
        return ModelRefused(NO_SEARCH, usage=_ONE_CALL)
    return translated(err)


def _cannot_search(err: openai.APIStatusError) -> bool:
    if err.status_code in _NO_SUCH_WAY:
        return "model_not_found" not in {str(err.code), str(err.type)}
    if err.status_code not in _NO_SUCH_FIELD:
        return False
    words = f"{err.param} {err.message}".casefold()
    return any(word in words for word in _TOOL_WORDS)


def _broken(err: openai.APIConnectionError) -> ModelUnavailable:
    """By the first cause: on its way here any broken connection is named a timeout."""
    cause: BaseException = err
    while cause.__cause__:
        cause = cause.__cause__
    if isinstance(cause, TimeoutError):
        return ModelUnavailable("the model's server did not answer in time")
    if isinstance(cause, _BROKEN):
        return ModelUnavailable("the connection to the model's server broke")
    return ModelUnavailable("the model's server cannot be reached", usage=_ONE_CALL)


def _status(err: openai.APIStatusError, now: datetime) -> ModelError | ModelDenied:
    codes = {str(err.code), str(err.type)}
    status = err.status_code
    denied = _DENIED.get(_denial(codes, status))
    if denied:
        return ModelDenied(denied)
    if _too_long(err, codes):
        return AnswerUnusable("the question is too long for this model's limits", usage=_ONE_CALL)
    asked = pause(err.response.headers, now)
    if status in _BUSY or (status == 503 and asked is not None):  # noqa: PLR2004
        return ModelBusy("the model is busy", retry_after=asked, usage=_ONE_CALL)
    if status in _AGAIN or status >= 500:  # noqa: PLR2004
        return ModelUnavailable("the model is in trouble", retry_after=asked, usage=_ONE_CALL)
    return _rejected(err, codes)


def _denial(codes: set[str], status: int) -> int:
    """The status that says it best; servers send some of these with a 400 or a 429."""
    if codes & _NO_CREDIT:
        return 402
    if codes & _BAD_KEY:
        return 401
    return 404 if "model_not_found" in codes else status


def _rejected(err: openai.APIStatusError, codes: set[str]) -> ModelError:
    """The server understood that it will not answer this question."""
    if codes & _FILTERED:
        return ModelRefused("the model declined to answer", usage=_ONE_CALL)
    return ModelRefused("the model's server did not accept the question", usage=_ONE_CALL)


def _too_long(err: openai.APIStatusError, codes: set[str]) -> bool:
    """Whatever the status, 429 too: the same question would be refused again."""
    if err.status_code >= 500:  # noqa: PLR2004
        return False
    phrases = _TOO_LONG_WORDS + _TOO_LARGE_WORDS
    words = err.message.casefold()
    known = bool(codes & _TOO_LONG) or any(phrase in words for phrase in phrases)
    return known or err.status_code == 413  # noqa: PLR2004


def pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks us to wait; None if it does not say, or says nonsense."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    return seconds if seconds is not None else _until(said, now)


def _number(said: str | None) -> float | None:
    try:
        value = float(said or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _until(said: str | None, now: datetime) -> float | None:
    try:
        date = parsedate_to_datetime(said or "")
        if date.tzinfo is None:  # "-0000" in the header: the time is UTC, its place unknown
            date = date.replace(tzinfo=UTC)
        return max(0.0, (date - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
