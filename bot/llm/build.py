"""Chooses and opens the model that the settings name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import openai

from bot.llm.errors import NoModel
from bot.llm.openai import OpenAIModel
from bot.llm.retrying import Retrying
from bot.llm.simulated import NAME as SIMULATED_NAME
from bot.llm.simulated import SimulatedModel
from patterns.ports import EventSink, Model

SIMULATED = "simulated"

_OPENAI = "https://api.openai.com/v1"
_OPENAI_MODEL = "gpt-5-mini"
#: Servers without keys still want the header.
_NO_KEY = "none"
_CONNECT_SECONDS = 10.0
#: More than any run is wide: how much goes on at once is decided by who asks, not here.
_CONNECTIONS = 2000
#: Shorter than the five seconds after which common servers drop an idle connection.
_IDLE_SECONDS = 4.0


@dataclass(frozen=True)
class OpenModel:
    """Implements `bot.runs.ports.ModelFor`."""

    name: str
    _with_rings: Callable[[EventSink], Model]

    def __call__(self, sink: EventSink, /) -> Model:
        return self._with_rings(sink)


@asynccontextmanager
async def open_model(
    *,
    name: str | None,
    api_key: str | None,
    base_url: str | None,
    attempt_seconds: float,
    simulated_pace: float,
) -> AsyncGenerator[OpenModel]:
    """
    The model, for as long as it is needed; raises `NoModel` if none is configured.

    *attempt_seconds* is the deadline of one attempt to get an answer.
    """
    if name == SIMULATED:
        simulated = SimulatedModel(pace=simulated_pace)
        yield OpenModel(SIMULATED_NAME, lambda sink: simulated)
        return
    model = _chosen(name, api_key, base_url)
    async with _client(api_key, base_url, attempt_seconds) as client:
        spoken = OpenAIModel(client, model)
        yield OpenModel(model, lambda sink: Retrying(spoken, sink, attempt_seconds=attempt_seconds))


def _chosen(name: str | None, api_key: str | None, base_url: str | None) -> str:
    if not api_key and not base_url:
        raise NoModel(
            "No model is configured. Set OPENAI_API_KEY, or OPENAI_BASE_URL and QUORUM_MODEL for "
            "a server of your own, or QUORUM_MODEL=simulated to try without one."
        )
    if base_url and not name:
        raise NoModel("OPENAI_BASE_URL is set: set QUORUM_MODEL to a model that your server has.")
    return name or _OPENAI_MODEL


def _client(api_key: str | None, base_url: str | None, seconds: float) -> openai.AsyncOpenAI:
    key = (api_key or _NO_KEY).strip()
    if not key.isascii() or not key.isprintable():
        raise NoModel("OPENAI_API_KEY holds characters that no key has.")
    try:
        url = httpx2.URL(base_url or _OPENAI)
    except httpx2.InvalidURL as err:
        raise NoModel("OPENAI_BASE_URL is not an address.") from err
    if url.scheme not in {"http", "https"} or not url.host:
        raise NoModel("OPENAI_BASE_URL must begin with http:// or https:// and name a host.")
    limits = httpx2.Limits(
        max_connections=_CONNECTIONS,
        max_keepalive_connections=_CONNECTIONS,
        keepalive_expiry=_IDLE_SECONDS,
    )
    timeout = httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
    return openai.AsyncOpenAI(
        api_key=key,
        base_url=url,
        max_retries=0,  # `Retrying` does it, where people can see it
        timeout=timeout,
        http_client=openai.DefaultAioHttpClient(limits=limits, timeout=timeout),
    )
