"""Arguments that make no sense are refused with Slack's own word for it."""

from __future__ import annotations

import pytest

from tests.playground.conftest import refused


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("conversations.history", {"channel": "C0GENERAL", "limit": "0"}, "invalid_limit"),
        ("conversations.history", {"channel": "C0GENERAL", "oldest": "soon"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": ["C0GENERAL"]}, "invalid_arguments"),
        ("conversations.replies", {"channel": "C0GENERAL", "ts": "1.1"}, "thread_not_found"),
        ("conversations.list", {"types": "everything"}, "invalid_types"),
        ("conversations.list", {"cursor": "é"}, "invalid_cursor"),
        ("conversations.list", {"limit": "9" * 5_000}, "invalid_limit"),
        (
            "conversations.history",
            {"channel": "C0GENERAL", "oldest": "9" * 5_000},
            "invalid_ts_oldest",
        ),
        (
            "chat.postMessage",
            {"channel": "C0GENERAL", "blocks": "[" * 5_000},
            "invalid_blocks_format",
        ),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
        (
            "conversations.join",
            {"channel": "C0LEADS"},
            "method_not_supported_for_channel_type",
        ),
        ("chat.delete", {"channel": "C0GENERAL", "ts": "1700000000.000100"}, "message_not_found"),
        (
            "chat.postMessage",
            {"channel": "C0GENERAL", "text": "x", "metadata": "{"},
            "invalid_metadata_format",
        ),
        (
            "chat.postMessage",
            {"channel": "C0GENERAL", "text": "x", "metadata": {"event_type": "a"}},
            "invalid_metadata_schema",
        ),
    ],
)
async def test_wrong_arguments_are_refused_in_slacks_words(stage, method, args, error):
    assert await refused(stage.slack.api_call(method, json=args)) == error


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"{", "invalid_json"), (b"[" * 100_000, "invalid_json"), (b"[]", "json_not_object")],
)
async def test_a_body_that_is_no_object_is_refused(stage, body, error):
    headers = {"Content-Type": "application/json"}
    async with stage.http.post(f"{stage.url}/api/auth.test", data=body, headers=headers) as reply:
        assert await reply.json() == {"ok": False, "error": error}


async def test_a_token_that_is_no_text_is_no_token(stage):
    body = {"token": "half \ud83d"}
    async with stage.http.post(f"{stage.url}/api/auth.test", json=body) as reply:
        assert await reply.json() == {"ok": False, "error": "invalid_auth"}
