"""Requests that nobody should send, by the thousand: unsigned, wrongly signed, signed garbage."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

from tests.door.door import COMMAND, FORM, JSON, NOW, form, interactive, signature

CANARY = "canary-3f9a"
USER = {"id": "U1", "name": CANARY}
#: One of each kind that the app subscribes to, as Slack sends it.
GOOD: list[dict[str, Any]] = [
    {
        "type": "block_actions",
        "user": USER,
        "team": {"id": "T1", "domain": "acme"},
        "channel": {"id": "C1", "name": "general"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
        "message": {"ts": "1.2", "text": CANARY, "metadata": {}},
        "actions": [{"action_id": "cancel_run", "block_id": "run", "value": CANARY}],
        "response_url": "https://hooks.slack.com/x",
        "trigger_id": "1.2.3",
    },
    {
        "type": "block_actions",
        "user": USER,
        "view": {"id": "V1", "type": "home", "callback_id": "", "state": {"values": {}}},
        "actions": [{"action_id": "start", "block_id": "b", "value": "factcheck"}],
        "trigger_id": "1.2.3",
    },
    {
        "type": "view_submission",
        "user": USER,
        "team": {"id": "T1"},
        "trigger_id": "1.2.3",
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "ask_form",
            "private_metadata": "{}",
            "state": {"values": {"b": {"a": {"type": "plain_text_input", "value": CANARY}}}},
        },
    },
    {
        "type": "message_action",
        "user": USER,
        "team": {"id": "T1"},
        "callback_id": "factcheck_message",
        "channel": {"id": "C1", "name": "general"},
        "message": {"ts": "1.2", "thread_ts": "1.1", "text": CANARY, "user": "U2"},
        "message_ts": "1.2",
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.com/x",
    },
    *(
        {
            "type": "event_callback",
            "team_id": "T1",
            "event_id": "Ev1",
            "event": event,
            "authorizations": [{"team_id": "T1", "user_id": "U0", "is_bot": True}],
            "is_ext_shared_channel": False,
        }
        for event in (
            {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": CANARY},
            {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "1.2"},
            {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"},
            {"type": "agent_session_stopped", "user": "U1", "channel": "D1", "thread_ts": "1.1"},
            {"type": "app_uninstalled"},
            {"type": "tokens_revoked", "tokens": {"bot": ["U0"], "oauth": []}},
            {"type": "team_access_revoked", "team_ids": ["T1"]},
        )
    ),
]
ODD = [
    None,
    True,
    0,
    -1,
    1e9,
    "",
    CANARY,
    "payload",
    [],
    {},
    [CANARY],
    {"id": 5},
    "\ud800",
    "x" * 999,
]
HEADERS = ["", "v0=", "v0=" + "f" * 64, str(NOW), str(NOW - 9_999), "-1", "9" * 30, "é", "0x10"]
NAMES = ["X_Slack_Signature", "X_Slack_Request_Timestamp", "X_Slack_Retry_Num"]


@dataclass(frozen=True)
class Hostile:
    """A request; *signed* tells whether Slack's secret was at hand."""

    body: bytes
    headers: dict[str, str]
    signed: bool


def hostile(chance: random.Random) -> Hostile:
    body, kind = _body(chance)
    kind = kind if chance.random() < 0.9 else chance.choice([FORM, JSON, "text/plain", "", CANARY])
    signed = chance.random() < 0.4
    if signed:
        headers = signature(body)
    elif chance.random() < 0.5:
        headers = signature(body, "stolen")
    else:
        headers = {name: chance.choice(HEADERS) for name in NAMES if chance.random() < 0.8}
    return Hostile(body, {**headers, "Content_Type": kind}, signed)


def _body(chance: random.Random) -> tuple[bytes, str]:
    """Most are good ones with something odd in one place."""
    if chance.random() < 0.1:
        return CANARY.encode() + chance.randbytes(chance.randrange(60)), JSON
    if chance.random() < 0.2:
        raw = form(**{chance.choice([*COMMAND, "payload", "ssl_check"]): CANARY})
        return _scratched(chance, raw), FORM
    value = _odd(chance, chance.choice(GOOD))
    if value.get("type") == "event_callback" or chance.random() < 0.1:
        return _scratched(chance, json.dumps(value).encode()), JSON
    return _scratched(chance, interactive(value)), FORM


def _odd(chance: random.Random, good: dict[str, Any]) -> dict[str, Any]:
    """*good*, with one thing on one way through it replaced or missing."""
    changed = dict(good)
    name = chance.choice([*changed, "command", "bot_id", "ssl_check", "enterprise"])
    inner = changed.get(name)
    if isinstance(inner, dict) and inner and chance.random() < 0.7:
        changed[name] = _odd(chance, inner)
    elif isinstance(inner, list) and inner and isinstance(inner[0], dict) and chance.random() < 0.7:
        changed[name] = [_odd(chance, inner[0])]
    elif chance.random() < 0.3:
        changed.pop(name, None)
    else:
        changed[name] = chance.choice(ODD)
    return changed


def _scratched(chance: random.Random, raw: bytes) -> bytes:
    body = bytearray(raw)
    for _ in range(chance.choice([0, 0, 0, 0, 1, 4])):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)
