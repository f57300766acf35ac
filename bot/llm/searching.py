"""
Asks OpenAI's Responses API, or a server that understands it, to search the web for an answer.

Nothing is kept there (`store`), and of what is found only addresses are read: the words are in the
answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

import openai
from pydantic import ValidationError

from bot.calls.port import MOST_SEARCHES, Call, Completion
from bot.llm.faults import translated_search
from bot.llm.posting import Headers, Posting
from bot.llm.strict import text_format
from bot.llm.wire import BESIDE, Count, Details, Wire, taken
from patterns.errors import AnswerUnusable, ModelError, ModelRefused, ModelUnavailable
from patterns.usage import Usage

_SOURCES = "web_search_call.action.sources"
_TOOL = {"type": "web_search"}
_Word = Annotated[str | None, BESIDE]


class _Page(Wire):
    """A page that was found, or one that is cited."""

    type: _Word = None
    url: _Word = None


_Pages = Annotated[tuple[Annotated[_Page | None, BESIDE], ...] | None, BESIDE]


class _Action(Wire):
    type: _Word = None
    queries: Annotated[tuple[str, ...] | None, BESIDE] = None
    sources: _Pages = None


class _Part(Wire):
    type: _Word = None
    text: _Word = None
    refusal: _Word = None
    annotations: _Pages = None


class _Item(Wire):
    """A step of the model: a search, a message, or one that we do not read."""

    type: _Word = None
    action: Annotated[_Action | None, BESIDE] = None
    content: Annotated[tuple[_Part, ...] | None, BESIDE] = None

    @property
    def searches(self) -> int:
        """Opening a page is none. Each of several queries is billed."""
        if self.type != "web_search_call":
            return 0
        action = self.action or _Action()
        return max(1, len(action.queries or ())) if action.type in {"search", None} else 0


class _Tokens(Wire):
    input_tokens: Count = None
    output_tokens: Count = None
    input_tokens_details: Annotated[Details | None, BESIDE] = None


class _Searched(Wire):
    num_requests: Count = None


class _Tools(Wire):
    web_search: Annotated[_Searched | None, BESIDE] = None


class _Why(Wire):
    reason: _Word = None


class _Response(Wire):
    output: tuple[_Item, ...]
    status: _Word = None
    incomplete_details: Annotated[_Why | None, BESIDE] = None
    model: _Word = None
    usage: Annotated[_Tokens | None, BESIDE] = None
    tool_usage: Annotated[_Tools | None, BESIDE] = None

    @property
    def parts(self) -> tuple[_Part, ...]:
        """Of the last message: what a model says between searches is no answer."""
        said = [item.content or () for item in self.output if item.type == "message"]
        return said[-1] if said else ()

    @property
    def text(self) -> str:
        return "".join(part.text or "" for part in self.parts if part.type == "output_text")

    @property
    def found(self) -> frozenset[str]:
        """What a search came back with, and what the server says that is cited."""
        pages = [
            page
            for item in self.output
            if item.type == "web_search_call"
            for page in (item.action or _Action()).sources or ()
        ]
        cited = [
            page
            for part in self.parts
            for page in part.annotations or ()
            if page and page.type == "url_citation"
        ]
        return frozenset(page.url for page in (*pages, *cited) if page and page.url)

    def taken(self) -> Usage:
        """The searches are known where the tokens are."""
        tokens = self.usage or _Tokens()
        cached = (tokens.input_tokens_details or Details()).cached_tokens
        usage = taken(tokens.input_tokens, cached, tokens.output_tokens, spoke=bool(self.text))
        billed = ((self.tool_usage or _Tools()).web_search or _Searched()).num_requests
        counted = sum(item.searches for item in self.output)
        searches = counted if billed is None else max(0, billed)
        return replace(usage, searches=searches) if usage.calls else usage


class SearchSender:
    """*name* is the model's name on the server of *client*; *seconds* is for one request."""

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        name: str,
        *,
        heard: Callable[[Headers], None] = lambda headers: None,
        seconds: float | None = None,
    ) -> None:
        self._name = name
        self._posting = Posting(
            client, name, heard=heard, translate=translated_search, seconds=seconds
        )

    @property
    def name(self) -> str:
        return self._name

    async def send(self, call: Call, /) -> Completion:
        """See `bot.calls.port.Sender`; raises `ModelRefused` where there is no web search."""
        body = {
            "model": self._name,
            "input": call.turns,
            "text": text_format(call.prompt.answer),
            "tools": [_TOOL],
            "tool_choice": "required",
            "max_tool_calls": MOST_SEARCHES,
            "include": [_SOURCES],
            "max_output_tokens": call.most_output,
            "store": False,
        }
        posted = await self._posting.post("/responses", body)
        try:
            response = _Response.model_validate_json(posted.content)
        except ValidationError as err:
            raise self._posting.garbled(posted) from err
        usage = response.taken()
        return Completion(
            text=_text(response, usage),
            usage=usage,
            model=response.model or self._name,
            found=response.found,
        )


def _text(response: _Response, usage: Usage) -> str:
    """The words of an answer that the model finished and stands by; others cost as much."""
    why = (response.incomplete_details or _Why()).reason
    error: ModelError
    if why == "content_filter" or any(part.type == "refusal" for part in response.parts):
        error = ModelRefused("the model declined to answer", usage=usage)
    elif response.status == "failed":
        error = ModelUnavailable("the model is in trouble", usage=usage)
    elif response.status == "incomplete":
        error = AnswerUnusable("the answer was cut short", usage=usage)
    elif not response.text:
        error = ModelRefused("the model gave no answer", usage=usage)
    else:
        return response.text
    raise error
