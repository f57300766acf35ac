"""The page's live stream: server-sent events for one person, until either side ends it."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from playground.workspace import Listener, Workspace

PULSE = 15.0


class Live:
    """Streams events; a comment every *PULSE* seconds finds out that a page has gone."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        with self._workspace.listen(request.query.get("as", "")) as listener:
            await response.prepare(request)
            try:
                await response.write(b"retry: 1000\n\n")
                await _follow(listener, response)
            except ConnectionError:
                pass  # the page was closed: nobody is left to tell
        return response

    async def end(self, _: web.Application) -> None:
        """Ask every open stream to finish, so that shutdown waits for nobody."""
        self._workspace.tell_all(None)


async def _follow(listener: Listener, response: web.StreamResponse) -> None:
    while True:
        try:
            async with asyncio.timeout(PULSE):
                event = await listener.queue.get()
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event is None:
            return
        await response.write(f"data: {json.dumps(event)}\n\n".encode())
