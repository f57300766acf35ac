"""What is too long for an answer, said beforehand or found out in the reading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx2
import pytest

from bot.llm.ceiling import BodyTooLong, Ceiling

MOST = 1024 * 1024 + 8 * 100


async def read(size: int, headers: Mapping[str, str] = {}) -> int:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(size // 1024):
            yield b" " * 1024
        yield b" " * (size % 1024)

    def respond(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=headers, content=body())

    transport = httpx2.MockTransport(respond)
    hooks = {"response": [Ceiling(100)]}
    async with httpx2.AsyncClient(transport=transport, event_hooks=hooks) as client:
        return len((await client.get("http://model.example")).content)


@pytest.mark.parametrize("size", [0, 5000, MOST])
async def test_what_an_answer_may_be_long_is_read_whole(size: int) -> None:
    assert await read(size) == size
    assert await read(size, {"content-length": str(size)}) == size


@pytest.mark.parametrize("length", [None, "5, 5", "-1", str(MOST + 1), "9" * 5000])
async def test_more_is_not_read_however_its_length_is_told(length: str | None) -> None:
    with pytest.raises(BodyTooLong):
        await read(MOST + 1, {"content-length": length} if length else {})


async def test_what_is_packed_against_our_wish_is_not_unpacked() -> None:
    with pytest.raises(BodyTooLong):
        await read(10, {"content-encoding": "gzip"})
