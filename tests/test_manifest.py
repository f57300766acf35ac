"""
`manifest.json` is what Slack accepts, asks for the least, and is what the bot can do.

The rules below are the facts of Slack's published manifest schema (version 2) for the parts
that we use, with every unknown key refused. To check against the file itself, download it and
name it: SLACK_MANIFEST_SCHEMA=manifest.schema.2.0.0.json pytest tests/test_manifest.py
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.manifest import ESSENTIAL, EVENTS, FURTHER, SCOPES, manifest
from bot.views.actions import SHORTCUTS
from bot.views.notices import WAYS_IN

ROOT = Path(__file__).parents[1]
MANIFEST = json.loads((ROOT / "manifest.json").read_text())


def text(most: int, least: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


URL = text(3000, pattern="^https?://")
YES_OR_NO = {"type": "boolean"}
SCOPE_NAMES = {"type": "array", "maxItems": 255, "uniqueItems": True, "items": text(50)}
COMMAND = closed(
    "command",
    "description",
    command=text(32, 2, pattern="^/"),
    url=URL,
    description=text(2000),
    usage_hint=text(1000),
    should_escape=YES_OR_NO,
)
PROMPT = closed("title", "message", title=text(3000), message=text(3000))
SHORTCUT = closed(
    "name",
    "type",
    "callback_id",
    "description",
    name=text(24),
    type={"enum": ["message", "global"]},
    callback_id=text(255),
    description=text(150),
)
EVENT_NAMES = {"type": "array", "maxItems": 100, "uniqueItems": True, "items": text(50)}
SCHEMA = closed(
    "display_information",
    _metadata=closed(major_version={"type": "integer"}, minor_version={"type": "integer"}),
    display_information=closed(
        "name",
        name=text(35),
        description=text(140),
        long_description=text(4000, 175),
        background_color=text(7, 4, pattern="^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
    ),
    features=closed(
        agent_view=closed(
            agent_description=text(300),
            suggested_prompts={"type": "array", "maxItems": 4, "items": PROMPT},
        ),
        app_home=closed(
            home_tab_enabled=YES_OR_NO,
            messages_tab_enabled=YES_OR_NO,
            messages_tab_read_only_enabled=YES_OR_NO,
        ),
        shortcuts={"type": "array", "minItems": 1, "maxItems": 10, "items": SHORTCUT},
        bot_user=closed("display_name", display_name=text(80), always_online=YES_OR_NO),
        slash_commands={"type": "array", "minItems": 1, "maxItems": 50, "items": COMMAND},
    ),
    oauth_config=closed(
        redirect_urls={"type": "array", "uniqueItems": True, "items": text(2500)},
        scopes=closed(bot=SCOPE_NAMES),
    ),
    settings=closed(
        event_subscriptions=closed(request_url=URL, bot_events=EVENT_NAMES),
        interactivity=closed("is_enabled", is_enabled=YES_OR_NO, request_url=URL),
        org_deploy_enabled=YES_OR_NO,
        socket_mode_enabled=YES_OR_NO,
        token_rotation_enabled=YES_OR_NO,
    ),
)


#: The bot scopes that each method needs that the bot calls. Source: Slack's page of the method.
METHODS: dict[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("chat:write",),
    "apps.connections.open": (),  # with the app's own token
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.info": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.members": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "oauth.v2.access": (),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
}
#: What else needs a scope: ways in, and being an agent.
NEEDED_BY: dict[str, tuple[str, ...]] = {
    "slash commands and shortcuts": ("commands",),
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
    "agent_view": ("assistant:write",),
    "files that people shared": ("files:read",),
}
METHOD = re.compile(
    r"[\"'](?P<name>(?:agents|apps|assistant|auth|bots|chat|conversations|files|oauth|reactions"
    r"|team|usergroups|users|views)\.[a-zA-Z0-9.]+)[\"']"
)
#: Looks like a method in the code, and is none.
NO_METHODS = {"files.upload", "files.slack.com", "users.json"}

VARIANTS = [
    manifest("https://quorum.example.com"),
    manifest("https://quorum.example.com/behind/", rotate=True),
    manifest(socket=True),
    manifest("https://quorum.example.com", socket=True),
]


def test_the_file_is_what_the_bot_prints():
    """`quorum manifest --url https://your-host.example > manifest.json`."""
    assert manifest("https://your-host.example") == MANIFEST


@pytest.mark.parametrize("variant", VARIANTS)
def test_slack_accepts_every_manifest(variant: Any):
    jsonschema.validate(variant, SCHEMA)


def test_slack_accepts_the_manifest():
    jsonschema.validate(MANIFEST, SCHEMA)


def test_slacks_own_schema_accepts_the_manifest():
    path = os.environ.get("SLACK_MANIFEST_SCHEMA")
    if not path:
        pytest.skip("SLACK_MANIFEST_SCHEMA does not name Slack's schema file")

    jsonschema.validate(MANIFEST, json.loads(Path(path).read_text()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: m["display_information"].update(name="Q" * 36),
        lambda m: m["features"]["slash_commands"][0].update(command="factcheck"),
        lambda m: m["settings"].update(is_hostd=True),
    ],
)
def test_the_rules_refuse_what_slack_refuses(spoil: Any):
    manifest = json.loads(json.dumps(MANIFEST))
    spoil(manifest)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, SCHEMA)


def test_every_command_brings_ids():
    """Channels and people in a command's text must reach us as ids: `should_escape`."""
    commands = {c["command"]: c for c in MANIFEST["features"]["slash_commands"]}

    assert set(commands) == {"/factcheck", "/summarize", "/brainstorm", "/quorum"}
    assert all(command["should_escape"] for command in commands.values())


def test_every_shortcut_is_one_that_the_bot_knows():
    shortcuts = {s["callback_id"]: s["name"] for s in MANIFEST["features"]["shortcuts"]}

    assert shortcuts.keys() == SHORTCUTS.keys()
    assert set(shortcuts.values()) == {
        "Fact-check message",
        "Summarize thread",
        "Brainstorm on this",
    }
    assert all(name in WAYS_IN for name in shortcuts.values())  # as the help tells them


def test_the_scopes_are_those_of_the_methods_that_are_called_and_no_others():
    called = {
        found["name"]
        for path in (ROOT / "bot").rglob("*.py")
        for found in METHOD.finditer(path.read_text())
    } - NO_METHODS
    assert called - METHODS.keys() == set(), "say above which scopes it needs"
    assert METHODS.keys() - called == set(), "is not called any more"

    needed = {scope for scopes in (*METHODS.values(), *NEEDED_BY.values()) for scope in scopes}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed
    assert set(SCOPES) == needed
    assert {*ESSENTIAL} | FURTHER.keys() == needed
    assert not {*ESSENTIAL} & FURTHER.keys()


def test_scopes_are_sorted_and_asked_for_once():
    scopes = MANIFEST["oauth_config"]["scopes"]["bot"]

    assert scopes == sorted(set(scopes))


def test_every_event_is_listened_to():
    listeners = "".join(path.read_text() for path in (ROOT / "bot" / "listeners").glob("*.py"))
    unheard = [name for name in EVENTS if f'"{name.partition(".")[0]}"' not in listeners]

    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert unheard == []


def test_slack_comes_where_the_bot_listens():
    made = manifest("https://quorum.example.com/")
    settings = made["settings"]

    assert {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in made["features"]["slash_commands"]),
    } == {"https://quorum.example.com/slack/events"}
    assert made["oauth_config"]["redirect_urls"] == [
        "https://quorum.example.com/slack/oauth_redirect"
    ]


def test_in_socket_mode_no_address_is_told():
    made = manifest(socket=True)

    assert made["settings"]["socket_mode_enabled"]
    assert "http" not in json.dumps({**made, "display_information": {}})


def test_tokens_end_only_where_somebody_wants_it():
    assert not MANIFEST["settings"]["token_rotation_enabled"]
    assert manifest("https://a.example", rotate=True)["settings"]["token_rotation_enabled"]
    assert MANIFEST["settings"]["org_deploy_enabled"]
