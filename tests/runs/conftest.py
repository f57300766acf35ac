"""
Runs never block the event loop: here a call that would is an error.

The real store underneath is no exception: its SQL waits in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from blockbuster import blockbuster_ctx


@pytest.fixture(autouse=True)
def nothing_blocks() -> Iterator[None]:
    with blockbuster_ctx(["bot.runs", "patterns"]):
        yield
