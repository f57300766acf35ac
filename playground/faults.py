"""Faults on demand: the next calls of a method go wrong the way real ones do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from playground.values import Json, SlackError

Answering = Callable[[], Awaitable[web.Response]]

#: What can go wrong besides a refusal, which is any word of Slack's errors.
NAMED = ("429", "500", "503", "html", "broken_json", "drop_before", "drop_after")
RETRY_AFTER = "2"
ANY = "*"  # the next call, whichever it is


@dataclass(kw_only=True)
class Fault:
    """*times* is how many calls it hits yet."""

    fault: str
    times: int
    retry_after: str = RETRY_AFTER


class Faults:
    """What is set to go wrong, by method."""

    def __init__(self) -> None:
        self.set: dict[str, Fault] = {}

    def plan(self, method: str, fault: str, *, times: int = 1, retry_after: str = "") -> None:
        """No *fault* takes back what was planned for *method*."""
        self.set.pop(method, None)
        if fault and times > 0:
            self.set[method] = Fault(
                fault=fault, times=times, retry_after=retry_after or RETRY_AFTER
            )

    def shown(self) -> Json:
        return {
            name: {"fault": fault.fault, "times": fault.times} for name, fault in self.set.items()
        }

    async def around(
        self, method: str, request: web.Request, answering: Answering
    ) -> web.StreamResponse:
        """The answer, or what goes wrong in its place; after "drop_after" the deed is done."""
        fault = self._next(method)
        if fault is None:
            return await answering()
        if fault.fault in {"drop_before", "drop_after"}:
            if fault.fault == "drop_after":
                await answering()
            if request.transport:
                request.transport.abort()
            raise ConnectionResetError
        return _wrong(fault)

    def _next(self, method: str) -> Fault | None:
        name = method if method in self.set else ANY
        fault = self.set.get(name)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            del self.set[name]
        return fault


def _wrong(fault: Fault) -> web.Response:
    if fault.fault == "429":
        headers = {"Retry-After": fault.retry_after}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault.fault in {"500", "503"}:
        status = HTTPStatus(int(fault.fault))
        return web.Response(status=status, text=status.phrase)
    if fault.fault == "html":
        return web.Response(text="<html><body>Bad gateway</body></html>", content_type="text/html")
    if fault.fault == "broken_json":
        return web.Response(text='{"ok": tru', content_type="application/json")
    return web.json_response({"ok": False, "error": fault.fault})


def read(body: Json) -> tuple[str, str, int, str]:
    """Method, fault, times and Retry-After of a wish for a fault."""
    method, fault = str(body.get("method") or ANY), str(body.get("fault") or "")
    times, after = body.get("times", 1), str(body.get("retry_after") or "")
    if not isinstance(times, int):
        raise SlackError("invalid_arguments")
    return method, fault, times, after
