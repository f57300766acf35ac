"""JSON that anybody may have written, as a value that is safe to walk and to write again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from playground.shape import is_list, is_object

DEPTH_MOST = 100  # Block Kit needs about ten


def parsed(text: str | bytes) -> object:
    """The value of *text*. Raises ValueError, also for what is nested too deep to be handled."""
    try:
        value: object = json.loads(text)
    except RecursionError as err:
        raise ValueError("nested too deep") from err
    level, depth = [value], 0
    while level:
        if depth > DEPTH_MOST:
            raise ValueError("nested too deep")
        level, depth = [inner for item in level for inner in _inside(item)], depth + 1
    return value


def _inside(value: object) -> Iterable[Any]:
    if is_object(value):
        return value.values()
    return value if is_list(value) else ()
