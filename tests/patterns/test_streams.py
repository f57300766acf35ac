from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from patterns.streams import Items, each


async def numbers() -> AsyncGenerator[int]:
    for number in (1, 2, 3):
        yield number


@pytest.mark.parametrize("items", [[1, 2, 3], iter((1, 2, 3)), numbers()])
async def test_whatever_it_comes_as_it_is_read_alike(items: Items[int]):
    assert [item async for item in each(items)] == [1, 2, 3]
