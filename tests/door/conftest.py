from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.conftest import Serve
from tests.door.door import NEW, OLD, Door, a_front_door


@pytest.fixture
async def door(serve: Serve) -> AsyncIterator[Door]:
    async with aiohttp.ClientSession() as session:
        door = Door("", session)
        app = a_front_door(door.dispatch, [NEW, OLD], clock=lambda: door.now)
        door.url = await serve(app) + "/slack/events"
        yield door
