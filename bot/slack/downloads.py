"""Text files that people shared, read with our token and no further than needed."""

from __future__ import annotations

from collections.abc import AsyncIterable
from http import HTTPStatus
from typing import Protocol

import aiohttp

from bot.slack.client import SlackClient
from bot.slack.errors import Gone, Invalid, NotAllowed, Unavailable

#: What failures are called by.
FILE = "file"
_BLOCK = 64 * 1024


class Downloads(Protocol):
    """Who brings a file's bytes."""

    async def fetch(self, url: str, most: int, /) -> bytes:
        """Raises `SlackError`; `Invalid` for more than *most* bytes and for a foreign host."""
        ...


class SlackDownloads:
    """Implements `Downloads`. Redirects lead to a page for signing in, so none is followed."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client

    async def fetch(self, url: str, most: int, /) -> bytes:
        try:
            async with self._client.opened(FILE, url) as reply:
                if reply.status != HTTPStatus.OK or reply.content_type == "text/html":
                    raise _refusal(reply.status)
                return await _read(reply.content.iter_chunked(_BLOCK), most)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
            raise Unavailable(FILE, type(err).__name__) from None


async def _read(blocks: AsyncIterable[bytes], most: int) -> bytes:
    content = bytearray()
    async for block in blocks:
        content += block
        if len(content) > most:
            raise Invalid(FILE, "too_big")
    return bytes(content)


def _refusal(status: int) -> Gone | NotAllowed | Unavailable:
    """Without the scope for it, Slack shows a page for signing in, and says that all is well."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable(FILE, f"http_{status}")
    missing = status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    return Gone(FILE, f"http_{status}") if missing else NotAllowed(FILE, f"http_{status}")
