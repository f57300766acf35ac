"""`/files-pri/`: the bytes of files, for apps that may see them; for all others a page."""

from __future__ import annotations

from collections.abc import Collection

from aiohttp import web

from playground.context import Context
from playground.files import seen
from playground.guard import base, is_known
from playground.page_files import saved
from playground.workspace import Workspace

_FILE = r"/files-pri/{team:T[A-Z0-9]+}-{file:F[A-Z0-9]+}"
SIGN_IN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<h1>Sign in to see this file</h1></html>"""


class Downloads:
    """As Slack's: who may not have a file is told so with a page for signing in, and a 200."""

    def __init__(self, workspace: Workspace, tokens: Collection[str]) -> None:
        self._workspace, self._tokens = workspace, tokens

    def routes(self) -> list[web.RouteDef]:
        paths = (f"{_FILE}/{{name}}", f"{_FILE}/download/{{name}}")
        return [web.get(path, self.answer) for path in paths]

    async def answer(self, request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not is_known(token.strip(), self._tokens):
            return _sign_in()
        team, file_id = request.match_info["team"], request.match_info["file"]
        file = self._workspace.shelf.get(file_id) if team == self._workspace.team else None
        if file is None:
            return web.Response(status=404, text="There is no such file.")
        if seen(Context(self._workspace, base(request)), file) is None:
            return _sign_in()
        return saved(file, file.type.media)


def _sign_in() -> web.Response:
    return web.Response(text=SIGN_IN, content_type="text/html")
