"""The types of columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from bot.store.columns import ForeignText, UtcTime

SQLITE = sqlite.dialect()
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_times_are_stored_in_utc():
    east = NOON.astimezone(timezone(timedelta(hours=5)))

    stored = UtcTime().process_bind_param(east, SQLITE)

    assert stored == NOON
    assert stored.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        UtcTime().process_bind_param(NOON.replace(tzinfo=None), SQLITE)


@pytest.mark.parametrize("stored", [NOON, NOON.replace(tzinfo=None)])
def test_what_a_database_returns_is_utc(stored: datetime):
    back = UtcTime().process_result_value(stored, SQLITE)

    assert back == NOON
    assert back.tzinfo is UTC


def test_nothing_stays_nothing():
    assert UtcTime().process_bind_param(None, SQLITE) is None
    assert UtcTime().process_result_value(None, SQLITE) is None
    assert ForeignText().process_bind_param(None, SQLITE) is None


def test_text_of_others_loses_only_what_cannot_be_stored():
    assert ForeignText().process_bind_param("a\0b \udc80 ü 🎉", SQLITE) == "ab ? ü 🎉"
