from __future__ import annotations

import re
import time
from collections.abc import Iterator
from types import SimpleNamespace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.slack.errors import (
    GONE,
    INVALID,
    NO_ENTRY,
    NOT_ALLOWED,
    PASSING,
    RETRY_AFTER_DEFAULT,
    RETRY_AFTER_MOST,
    Gone,
    Invalid,
    NoEntry,
    NotAllowed,
    RateLimited,
    SlackError,
    Unavailable,
    Unheard,
    classify,
    seconds,
)

SECRET = "xoxb-1234-secret"


def refusal(code: object, status: int = 200, **data: object) -> SlackApiError:
    response = SimpleNamespace(data={"ok": False, "error": code, **data}, status_code=status)
    return SlackApiError("failed", response)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (GONE, Gone),
        (NOT_ALLOWED, NotAllowed),
        (INVALID, Invalid),
        (NO_ENTRY, NoEntry),
        (PASSING, Unavailable),
    ],
)
def test_every_known_code_has_its_kind(codes: frozenset[str], kind: type[SlackError]) -> None:
    assert {type(classify("chat.update", refusal(code))) for code in codes} == {kind}


def test_no_code_has_two_kinds() -> None:
    kinds = (GONE, NOT_ALLOWED, INVALID, NO_ENTRY, PASSING)

    assert len(frozenset[str]().union(*kinds)) == sum(map(len, kinds))


@pytest.mark.parametrize(
    "err",
    [
        TimeoutError(SECRET),
        aiohttp.ClientError(SECRET),
        SlackRequestError(SECRET),
        AttributeError(SECRET),
        refusal("never_heard_of", ok=None),
        refusal("never_heard_of", 302),
        refusal("message_not_found", 500),
        SlackApiError("broken", SimpleNamespace(status=200, headers={})),
        SlackApiError("odd", SECRET),
    ],
)
def test_what_nobody_understands_may_have_been_done(err: Exception) -> None:
    found = classify("chat.postMessage", err)

    assert type(found) is Unavailable
    assert SECRET not in str(found)


@pytest.mark.parametrize("code", ["never_heard_of", SECRET, None, 5])
def test_a_no_that_nobody_understands_is_told_apart(code: object) -> None:
    found = classify("chat.postMessage", refusal(code))

    assert type(found) is Unheard
    assert SECRET not in str(found)


@pytest.mark.parametrize("code", ["invalid_auth", "is_inactive", "access_denied", "token_expired"])
def test_what_never_gets_better_by_itself_is_not_tried_for_ever(code: str) -> None:
    found = classify("chat.postMessage", refusal(code))

    assert isinstance(found, NotAllowed)
    assert not isinstance(found, Unavailable)


def test_a_block_that_is_refused_is_named_by_its_place_alone() -> None:
    errors = [f"must be text {SECRET} [json-pointer:/blocks/0/text]"]

    found = classify("chat.update", refusal("invalid_blocks", errors=errors))

    assert str(found) == "chat.update: invalid_blocks /blocks/0/text"


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("0", 1),
        ("-3", 1),
        ("99999999", RETRY_AFTER_MOST),
        ("nan", RETRY_AFTER_DEFAULT),
        ("inf", RETRY_AFTER_DEFAULT),
        ("soon", RETRY_AFTER_DEFAULT),
        ("", RETRY_AFTER_DEFAULT),
        (None, RETRY_AFTER_DEFAULT),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20),
    ],
)
def test_retry_after_is_understood_in_any_form(header: str | None, wanted: float) -> None:
    assert seconds(header, clock=100) == wanted


@pytest.fixture(params=["America/Los_Angeles", "Asia/Tokyo", "UTC"])
def somewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """This machine's clock is set to the time of that place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("somewhere")
@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000", "UT"])
def test_a_date_means_the_same_wherever_this_machine_is(zone: str) -> None:
    assert seconds(f"Thu, 01 Jan 1970 00:02:00 {zone}", clock=100) == 20


RESPONSES = st.builds(
    SimpleNamespace,
    status_code=st.integers(0, 999) | st.none() | st.text(),
    status=st.integers(0, 999) | st.none(),
    data=st.none() | st.binary() | st.text() | st.lists(st.integers())
    | st.dictionaries(st.text(), st.text() | st.none())
    | st.fixed_dictionaries({"error": st.text() | st.none() | st.integers()}),
    headers=st.none() | st.dictionaries(st.just("Retry-After") | st.text(), st.text()),
)  # fmt: skip


@given(RESPONSES | st.none() | st.text() | st.integers())
def test_any_answer_becomes_one_of_five_errors_that_repeat_nothing(response: object) -> None:
    found = classify("chat.update", SlackApiError("failed", response))

    assert isinstance(found, RateLimited | Gone | NotAllowed | Invalid | Unavailable)
    assert re.fullmatch(r"chat\.update: [A-Za-z0-9_]{1,64}( /[\w/]{1,100})?", str(found))
    if isinstance(found, RateLimited):
        assert 1 <= found.retry_after <= RETRY_AFTER_MOST


@given(st.text())
def test_any_retry_after_gives_a_wait(header: str) -> None:
    assert 1 <= seconds(header) <= RETRY_AFTER_MOST
