"""
What Slack can answer instead of what was asked for.

SlackError
├── RateLimited    wait `retry_after` seconds
├── Gone           the message, thread, channel or person is no more
├── NotAllowed     the app may not do this here
│   └── NoEntry    nor anything else: Slack does not take our token
├── Invalid        never to be accepted as it is
└── Unavailable    nobody knows whether it was done
    └── Unheard    a plain no, with a code that we do not know
"""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping
from datetime import UTC
from http import HTTPStatus
from typing import cast

from slack_sdk.errors import SlackApiError

RETRY_AFTER_DEFAULT = 10.0
RETRY_AFTER_MOST = 3600.0

GONE = frozenset(
    [
        "message_not_found",
        "thread_not_found",
        "is_archived",
        "cant_update_message",
        "edit_window_closed",
        "cannot_reply_to_message",
        "user_not_found",
        "users_not_found",
        "user_disabled",
    ]
)
NOT_ALLOWED = frozenset(
    [
        "not_in_channel",
        "channel_not_found",
        "user_not_in_channel",
        "user_not_visible",
        "cannot_dm_bot",
        "not_authorized",
        "feature_not_enabled",
        "file_uploads_disabled",
        "file_uploads_except_images_disabled",
        "file_upload_size_restricted",
        "storage_limit_reached",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "missing_scope",
        "not_allowed_token_type",
        "no_permission",
        "access_denied",
        "accesslimited",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "is_inactive",
        "team_not_found",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "team_access_not_granted",
    ]
)
INVALID = frozenset(
    [
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_json",
        "json_not_object",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "metadata_must_be_sent_from_app",
        "too_many_attachments",
        "unknown_method",
        "method_deprecated",
        "deprecated_endpoint",
        "invalid_channel",
        "invalid_cursor",
        "invalid_limit",
        "invalid_ts_latest",
        "invalid_ts_oldest",
    ]
)
NO_ENTRY = frozenset(
    [
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "org_login_required",
        "two_factor_setup_required",
    ]
)
#: A no of this moment; some of it may have been done.
PASSING = frozenset(
    [
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "external_channel_migrating",
    ]
)

#: A no to a method as such, whatever it would be asked for: another implementation of Slack, a plan
#: or a scope that is missing. What is only nice to have is not tried again after one of these.
UNABLE = frozenset(
    [
        "unknown_method",
        "method_deprecated",
        "feature_not_enabled",
        "not_authorized",
        "not_allowed_token_type",
        "missing_scope",
        "no_permission",
        "deprecated_endpoint",
    ]
)

_CODE = re.compile(r"[a-z][a-z_]{0,63}", re.ASCII)
#: Whatever else somebody calls it: the blocks are at fault.
_BLOCKS = re.compile(r"(^|_)blocks?(_|$)", re.ASCII)
_POINTER = re.compile(r"json-pointer:(/[A-Za-z0-9_/]{1,100})", re.ASCII)


class SlackError(Exception):
    """Its text is the method and Slack's code: never a token, never what people wrote."""

    def __init__(self, method: str, code: str, *, where: str = "") -> None:
        super().__init__(f"{method}: {code} {where}".rstrip())
        self.method = method
        self.code = code


class RateLimited(SlackError):
    """*retry_after* is in seconds, for this method."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(method, "ratelimited")
        self.retry_after = retry_after


class Gone(SlackError):
    """Trying again would change nothing."""


class NotAllowed(SlackError):
    """Somebody in Slack has to allow it first."""


class NoEntry(NotAllowed):
    """Slack does not take our token: nothing helps before we are started with a good one."""


class Invalid(SlackError):
    """What we sent is at fault."""


class Unavailable(SlackError):
    """A timeout, a broken line, a 5xx, nonsense: it may have been done."""


class Unheard(Unavailable):
    """Trying again may help; again and again, it is the same as `NotAllowed`."""


_BY_CODE: dict[str, type[Gone | NotAllowed | Unavailable]] = {
    **dict.fromkeys(GONE, Gone),
    **dict.fromkeys(NOT_ALLOWED, NotAllowed),
    **dict.fromkeys(NO_ENTRY, NoEntry),
    **dict.fromkeys(PASSING, Unavailable),
}


def classify(method: str, err: BaseException) -> SlackError:
    """Any of the many shapes of failure of the Slack SDK as one of ours."""
    if not isinstance(err, SlackApiError):
        return Unavailable(method, type(err).__name__)
    response = cast("object", err.response)
    status, code = _status(response), _code(response)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in {"ratelimited", "rate_limited"}:
        return RateLimited(method, seconds(_header(response, "retry-after")))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(method, f"http_{status}")
    if code in INVALID or _BLOCKS.search(code):
        pointer = _POINTER.search(str(_data(response)))
        return Invalid(method, code, where=pointer.group(1) if pointer else "")
    return _BY_CODE.get(code, Unheard if _is_no(response) else Unavailable)(method, code)


def seconds(retry_after: str | None, *, clock: float | None = None) -> float:
    """Of a Retry-After in whole seconds, a fraction, or a date; anything else is the default."""
    if retry_after is None:
        return RETRY_AFTER_DEFAULT
    try:
        wait = float(retry_after)
    except ValueError:
        wait = _until(retry_after, time.time() if clock is None else clock)
    if not math.isfinite(wait):
        return RETRY_AFTER_DEFAULT
    return min(max(wait, 1.0), RETRY_AFTER_MOST)


def _until(date: str, now: float) -> float:
    try:
        at = email.utils.parsedate_to_datetime(date)
        if at.tzinfo is None:  # "-0000": the time is UTC, that of no known place
            at = at.replace(tzinfo=UTC)
        return at.timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return math.nan


def _data(response: object) -> object:
    return cast("object", getattr(response, "data", None))


def _code(response: object) -> str:
    data = _data(response)
    code = cast("dict[object, object]", data).get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else "unreadable_answer"


def _is_no(response: object) -> bool:
    data = _data(response)
    said = cast("dict[object, object]", data).get("ok") if isinstance(data, dict) else None
    return said is False and _status(response) == HTTPStatus.OK


def _status(response: object) -> int:
    # a broken JSON body leaves aiohttp's response here, anything else the SDK's
    for name in ("status_code", "status"):
        status: object = getattr(response, name, None)
        if isinstance(status, int):
            return status
    return 0


def _header(response: object, wanted: str) -> str | None:
    headers: object = getattr(response, "headers", None)
    if not isinstance(headers, Mapping):
        return None
    for name, value in cast("Mapping[object, object]", headers).items():
        if str(name).lower() == wanted:
            return str(value)
    return None
