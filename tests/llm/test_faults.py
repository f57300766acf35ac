"""What servers say about waiting, and what of it is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.faults import pause, translated
from patterns.errors import ModelUnavailable

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": " 3 "}, 3),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=20), usegmt=True)}, 20),
        ({"retry-after": format_datetime(NOW - timedelta(seconds=20), usegmt=True)}, 0),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:05 -0000"}, 5),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Tue, 99 Nov 2026 12:00:05 GMT"}, None),
    ],
)
def test_the_pause_is_read_in_every_form_and_never_trusted_blindly(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert pause(headers, NOW) == seconds


@given(st.text(), st.text())
def test_no_header_breaks_the_reading(said: str, milliseconds: str) -> None:
    found = pause({"retry-after": said, "retry-after-ms": milliseconds}, NOW)

    assert found is None or found >= 0


@pytest.mark.parametrize("said", ["1e9", "999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_pause_is_told_to_the_gate_as_it_is(said: str) -> None:
    """What to make of it is decided in one place, and it is not here."""
    found = pause({"retry-after": said}, NOW)

    assert found is not None
    assert found > 10_000_000


def test_an_error_that_the_library_invents_later_is_unavailable() -> None:
    assert isinstance(translated(openai.OpenAIError("new")), ModelUnavailable)
