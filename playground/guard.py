"""Who may talk to the playground at all: pages of its own, and programs on this machine."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MARK = "X-Playground"
HTTP_PORT = 80  # the one that browsers leave out of Host and Origin


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign hosts (DNS rebinding) and foreign origins (another site's page)."""
    refusal = _refusal(request)
    if refusal is not None:
        return web.Response(status=403, text=refusal, headers=HEADERS)
    return await handler(request)


async def headers(_: web.Request, response: web.StreamResponse) -> None:
    """Signal for every answer, errors included; what one has of its own is stricter, and stays."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def is_known(token: str, tokens: Collection[str]) -> bool:
    """Compared in a time that tells nothing of *tokens*."""
    given = token.encode(errors="replace")
    return any(hmac.compare_digest(given, known.encode()) for known in tokens)


def _refusal(request: web.Request) -> str | None:
    hosts = _hosts(request)
    if request.host not in hosts:
        return "The playground answers on its own address only."
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"http://{host}" for host in hosts}:
        return "Another site may not talk to the playground."
    own = request.path.startswith("/playground/") and request.method == "POST"
    if own and request.headers.get(MARK) != "1":
        return f"A change needs the header {MARK}: 1."
    return None


def base(request: web.Request) -> str:
    """The playground's one address, whichever of its names the request used."""
    return f"http://127.0.0.1:{_port(request)}/"


def _port(request: web.Request) -> int:
    name = request.transport and request.transport.get_extra_info("sockname")
    return name[1] if name else 0


def _hosts(request: web.Request) -> set[str]:
    port = _port(request)
    names = ("127.0.0.1", "localhost")
    return {f"{name}:{port}" for name in names} | (set(names) if port == HTTP_PORT else set())
