"""Chooses and opens the model that the settings name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import openai

from bot.calls.answering import Answering
from bot.calls.estimates import Estimates
from bot.calls.gate import RateGate
from bot.calls.hedging import Hedging
from bot.calls.port import Sender
from bot.calls.prices import UNPRICED, Price, Prices, load
from bot.calls.sending import Sending
from bot.calls.trying import Trying
from bot.llm.ceiling import UNPACKED, Ceiling
from bot.llm.errors import NoModel
from bot.llm.openai import MOST_OUTPUT, MOST_OUTPUT_ELSEWHERE, OpenAISender
from bot.llm.simulated import NAME as SIMULATED_NAME
from bot.llm.simulated import SimulatedSender
from bot.runs.meter import Meter, NoMeter
from bot.runs.ports import Errand
from patterns.ports import Model

SIMULATED = "simulated"

_OPENAI_HOST = "api.openai.com"
_OPENAI = f"https://{_OPENAI_HOST}/v1"
_OPENAI_MODEL = "gpt-5-mini"
#: Servers without keys still want the header.
_NO_KEY = "none"
_CONNECT_SECONDS = 10.0
#: More than any run is wide: how much goes on at once is decided by who asks, not here.
_CONNECTIONS = 2000
#: Shorter than the five seconds after which common servers drop an idle connection.
_IDLE_SECONDS = 4.0


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """
    What the server, and who pays for it, will bear.

    *rpm* and *tpm* are requests and tokens a minute, None where only the server knows;
    *slots* requests go on at once; an answer is *most_output* tokens long at most.
    """

    rpm: float | None = None
    tpm: float | None = None
    slots: int = 32
    most_output: int = 8000
    hedge: bool = True


@dataclass(frozen=True)
class OpenModel:
    """Implements `bot.runs.ports.ModelFor`; *price* is what the model's tokens cost."""

    name: str
    price: Price
    _with_rings: Callable[[Errand], Model]

    def __call__(self, errand: Errand, /) -> Model:
        return self._with_rings(errand)


@asynccontextmanager
async def open_model(
    *,
    name: str | None,
    api_key: str | None,
    base_url: str | None,
    attempt_seconds: float,
    simulated_pace: float,
    bounds: Bounds = Bounds(),
    prices: Prices | None = None,
    meter: Meter = NoMeter(),
) -> AsyncGenerator[OpenModel]:
    """
    The model, for as long as it is needed; raises `NoModel` if none is configured.

    *attempt_seconds* is the deadline of one attempt to get an answer. Without *prices*, those
    that are shipped count.
    """
    simulated = name == SIMULATED
    model = SIMULATED_NAME if simulated else _chosen(name, api_key, base_url)
    gate = RateGate(model, rpm=bounds.rpm, tpm=bounds.tpm, slots=bounds.slots, meter=meter)

    def composed(sender: Sender, price: Price) -> OpenModel:
        """All but `Answering` is shared by everybody who asks this model."""
        sending = Sending(
            sender, cost=price.cost, estimates=Estimates(), meter=meter, seconds=attempt_seconds
        )
        trying = Trying(Hedging(sending, gate, meter=meter, on=bounds.hedge), gate)
        most = bounds.most_output
        return OpenModel(
            model, price, lambda errand: Answering(trying, sending, errand, most_output=most)
        )

    if simulated:
        yield composed(SimulatedSender(pace=simulated_pace), UNPRICED)
        return
    async with _client(api_key, base_url, attempt_seconds, bounds.most_output) as client:
        official = _is_openai(client.base_url.host)
        field = MOST_OUTPUT if official else MOST_OUTPUT_ELSEWHERE
        sender = OpenAISender(client, model, heard=gate.heard, most_output=field)
        yield composed(sender, (prices or load(None)).of(model, openai=official))


def _is_openai(host: str) -> bool:
    """Also its hosts by region."""
    return f".{host}".endswith(f".{_OPENAI_HOST}")


def _chosen(name: str | None, api_key: str | None, base_url: str | None) -> str:
    if not api_key and not base_url:
        raise NoModel(
            "No model is configured. Set OPENAI_API_KEY, or OPENAI_BASE_URL and QUORUM_MODEL for "
            "a server of your own, or QUORUM_MODEL=simulated to try without one."
        )
    if base_url and not name:
        raise NoModel("OPENAI_BASE_URL is set: set QUORUM_MODEL to a model that your server has.")
    return name or _OPENAI_MODEL


def _client(
    api_key: str | None, base_url: str | None, seconds: float, most_output: int
) -> openai.AsyncOpenAI:
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
        max_retries=0,  # `bot.calls` does it, where people can see it
        timeout=timeout,
        default_headers=UNPACKED,
        http_client=openai.DefaultAioHttpClient(
            limits=limits, timeout=timeout, event_hooks={"response": [Ceiling(most_output)]}
        ),
    )
