"""What anybody sends as JSON is a value, or a ValueError and nothing worse."""

from __future__ import annotations

import pytest

from playground.parsing import DEPTH_MOST, parsed


def nested(levels: int) -> str:
    return '{"a":[' * (levels // 2) + "]}" * (levels // 2)


def test_a_value_may_be_nested_as_deep_as_any_block_is():
    assert parsed(b'{"a": [1, "x", null]}') == {"a": [1, "x", None]}
    assert parsed(nested(DEPTH_MOST))


@pytest.mark.parametrize("text", [nested(DEPTH_MOST + 2), "[" * 100_000, "{", b"\xff", ""])
def test_what_is_too_deep_or_no_json_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
