"""A ceiling on the bodies of responses: what is far too long for an answer is not held."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx2

log = logging.getLogger(__name__)

#: What a client must ask for: few bytes that are packed may unpack to any number.
UNPACKED = {"Accept-Encoding": "identity"}
#: Of an answer's JSON: what stands around the text, and more than nearly all tokens have.
_AROUND, _BYTES_PER_TOKEN = 1024 * 1024, 8


class BodyTooLong(Exception):
    """Or packed, so that nobody knows how long it is."""


class Ceiling:
    """A client's hook on responses, before their bodies are read. *most_output* is in tokens."""

    def __init__(self, most_output: int) -> None:
        self._most = _AROUND + _BYTES_PER_TOKEN * most_output

    async def __call__(self, response: httpx2.Response) -> None:
        """Raises `BodyTooLong`; where the length is not told beforehand, in the reading."""
        length = response.headers.get("content-length", "")
        if response.headers.get("content-encoding", "identity").casefold() != "identity":
            log.warning("the model's server packs its responses though it was asked not to")
            raise BodyTooLong
        if length.isdecimal() and int(length[:20]) > self._most:
            log.warning("a response of more than %d bytes was not read", self._most)
            raise BodyTooLong
        if not length.isdecimal() and isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Counted(response.stream, self._most)


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, most: int) -> None:
        self._stream = stream
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                log.warning("a response was left after %d bytes", self._most)
                raise BodyTooLong
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
