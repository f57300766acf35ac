from __future__ import annotations

import json
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from bot.door.payloads import FORM, JSON, Garbage, parse
from tests.door.door import CLICK, COMMAND

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT)
def test_any_text_of_a_command_comes_through(text: str, channel: str) -> None:
    fields = {**COMMAND, "text": f"payload={text}", "channel_name": channel}

    assert parse(urlencode(fields).encode(), FORM) == fields


@given(TEXT)
def test_any_value_of_a_button_comes_through(value: str) -> None:
    click = {**CLICK, "message": {"text": value}}

    assert parse(urlencode({"payload": json.dumps(click)}).encode(), FORM) == click


@given(st.binary(), st.sampled_from([FORM, JSON, "text/plain", ""]))
def test_any_bytes_are_an_object_or_garbage(raw: bytes, kind: str) -> None:
    found = parse(raw, kind)

    assert isinstance(found, dict) or found.status in {400, 404}


def test_garbage_says_nothing_of_what_was_sent() -> None:
    found = parse(b'{"secret": ', JSON)

    assert found == Garbage(status=400, reason="not readable (JSONDecodeError)")
