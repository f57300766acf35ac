"""How a model's server answers where it was asked to search the web: OpenAI's Responses API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.schema_filler import PAGES

if TYPE_CHECKING:
    from tests.fakes.model_turns import Asked, Turn

_TRUNCATED = {"length": "max_output_tokens", "content_filter": "content_filter"}


def finds(
    content: str | None = None,
    *,
    found: Sequence[str] = PAGES,
    cited: Sequence[str] = (),
    searches: int = 1,
    billed: int | None = None,
    opened: Sequence[str] = (),
    **beside: Any,
) -> Turn:
    """
    Searches, comes back with the pages *found*, opens some, and answers with *content*.

    *cited* are told as annotations of the answer; *billed* where the server says how many searches
    it bills; *beside* replaces fields of the body.
    """

    async def turn(_: web.Request, asked: Asked) -> web.Response:
        said = asked.answer() if content is None else content
        body = response(asked, said, found=found, cited=cited, searches=searches, opened=opened)
        if billed is not None:
            body["tool_usage"] = {"web_search": {"num_requests": billed}}
        return web.json_response(body | beside)

    return turn


def response(
    asked: Asked,
    content: str | None,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    found: Sequence[str] = PAGES,
    cited: Sequence[str] = (),
    searches: int = 1,
    opened: Sequence[str] = (),
) -> dict[str, Any]:
    """A whole body; the model thinks, searches, opens pages, and speaks."""
    why = _TRUNCATED.get(finish_reason)
    words = [_words(content, cited)] if content else []
    refused = [{"type": "refusal", "refusal": refusal}] if refusal else []
    return {
        "id": f"resp_{asked.number}",
        "object": "response",
        "created_at": 0,
        "status": "incomplete" if why else "completed",
        "error": None,
        "incomplete_details": {"reason": why} if why else None,
        "model": f"{asked.model}-served",
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            *(_searched(f"ws_{n}", found) for n in range(searches)),
            *(_opened(url) for url in opened),
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [*words, *refused],
            },
        ],
        "usage": {
            "input_tokens": asked.tokens + 5_000 * searches,
            "input_tokens_details": {"cached_tokens": asked.cached},
            "output_tokens": len(content or "") // 4,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked.tokens + 5_000 * searches + len(content or "") // 4,
        },
    }


def _words(content: str, cited: Sequence[str]) -> dict[str, Any]:
    notes = [
        {"type": "url_citation", "url": url, "title": "A page", "start_index": 0, "end_index": 1}
        for url in cited
    ]
    return {"type": "output_text", "text": content, "annotations": notes}


def _searched(key: str, found: Sequence[str]) -> dict[str, Any]:
    sources = [{"type": "url", "url": url} for url in found]
    action = {"type": "search", "query": "q", "queries": ["q"], "sources": sources}
    return {"type": "web_search_call", "id": key, "status": "completed", "action": action}


def _opened(url: str) -> dict[str, Any]:
    action = {"type": "open_page", "url": url}
    return {"type": "web_search_call", "id": "ws_o", "status": "completed", "action": action}
