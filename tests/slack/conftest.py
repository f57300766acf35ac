from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Serve
from tests.showing.stage import Stage, staged


@pytest.fixture
async def stage(serve: Serve) -> AsyncIterator[Stage]:
    async with staged(serve) as stage:
        yield stage
