"""
`manifest.json` is what Slack accepts.

The rules below are the facts of Slack's published manifest schema (version 2) for the parts
that we use, with every unknown key refused. To check against the file itself, download it and
name it: SLACK_MANIFEST_SCHEMA=manifest.schema.2.0.0.json pytest tests/test_manifest.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

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
SCOPES = {"type": "array", "maxItems": 255, "uniqueItems": True, "items": text(50)}
COMMAND = closed(
    "command",
    "description",
    command=text(32, 2, pattern="^/"),
    url=URL,
    description=text(2000),
    usage_hint=text(1000),
    should_escape=YES_OR_NO,
)
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
        bot_user=closed("display_name", display_name=text(80), always_online=YES_OR_NO),
        slash_commands={"type": "array", "minItems": 1, "maxItems": 50, "items": COMMAND},
    ),
    oauth_config=closed(scopes=closed(bot=SCOPES)),
    settings=closed(
        interactivity=closed("is_enabled", is_enabled=YES_OR_NO, request_url=URL),
        org_deploy_enabled=YES_OR_NO,
        socket_mode_enabled=YES_OR_NO,
        token_rotation_enabled=YES_OR_NO,
    ),
)


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


def test_every_recipe_has_its_command():
    """Channels and people in a command's text must reach us as ids: `should_escape`."""
    commands = {c["command"]: c for c in MANIFEST["features"]["slash_commands"]}

    assert set(commands) == {"/factcheck", "/summarize", "/brainstorm"}
    assert all(command["should_escape"] for command in commands.values())


def test_scopes_are_sorted_and_asked_for_once():
    scopes = MANIFEST["oauth_config"]["scopes"]["bot"]

    assert scopes == sorted(set(scopes))
