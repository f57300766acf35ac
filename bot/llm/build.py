"""Chooses and opens the model, or the several models, that the settings name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
import openai

from bot.calls.answering import Answering
from bot.calls.estimates import Estimates
from bot.calls.gate import RateGate
from bot.calls.hedging import Hedging
from bot.calls.port import Sender
from bot.calls.prices import UNPRICED, Price, Prices, dearest, load
from bot.calls.sending import Sending
from bot.calls.trying import Trying
from bot.llm.ceiling import UNPACKED, Ceiling
from bot.llm.errors import NoModel
from bot.llm.openai import MOST_OUTPUT, MOST_OUTPUT_ELSEWHERE, OpenAISender
from bot.llm.searching import SearchSender
from bot.llm.several import Rings, Several, Voice
from bot.llm.simulated import NAME as SIMULATED_NAME
from bot.llm.simulated import SimulatedSender
from bot.runs.meter import Meter, NoMeter
from bot.runs.ports import Errand
from patterns.ports import Model

SIMULATED = "simulated"

_OPENAI_HOST = "api.openai.com"
_OPENAI = f"https://{_OPENAI_HOST}/v1"
_OPENAI_MODEL = "gpt-5-mini"
#: A search reads pages before it answers: it has so many times as long as an answer has.
_SEARCH_TAKES = 2
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


class OpenModel:
    """Implements `bot.runs.ports.ModelFor`; *price* is what tokens cost at most, *prices* whose."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = voices

    @property
    def name(self) -> str:
        return ", ".join(voice.name for voice in self._voices)

    @property
    def searches(self) -> bool:
        return all(voice.searching for voice in self._voices)

    @property
    def prices(self) -> Mapping[str, Price]:
        return {voice.name: voice.price for voice in self._voices}

    @property
    def price(self) -> Price:
        return dearest([voice.price for voice in self._voices])

    def __call__(self, errand: Errand, /) -> Model:
        return Several(self._voices, errand)


@asynccontextmanager
async def open_model(
    *,
    name: str | None,
    api_key: str | None,
    base_url: str | None,
    attempt_seconds: float,
    simulated_pace: float,
    web_search: bool = False,
    bounds: Bounds = Bounds(),
    prices: Prices | None = None,
    meter: Meter = NoMeter(),
) -> AsyncGenerator[OpenModel]:
    """
    The model, for as long as it is needed; raises `NoModel` if none is configured.

    *name* may be those of several, with commas between. *attempt_seconds* is the deadline of one
    attempt to get an answer. Without *prices*, those that are shipped count.
    """
    names = _names(name, api_key, base_url)
    if names == (SIMULATED,):
        rings = _Rings(SIMULATED_NAME, UNPRICED, bounds, meter)
        sender = SimulatedSender(pace=simulated_pace)
        asking = rings.around(sender, seconds=attempt_seconds, hedge=bounds.hedge)
        yield OpenModel([Voice(name=SIMULATED_NAME, price=UNPRICED, asking=asking)])
        return
    # What goes on at once is shared by all of them: it is the house's limit, not a model's.
    each = replace(bounds, slots=max(1, bounds.slots // len(names)))
    async with _client(api_key, base_url, attempt_seconds, bounds.most_output) as client:
        official = _is_openai(client.base_url.host)
        table = prices or load(None)
        rings = [_Rings(name, table.of(name, openai=official), each, meter) for name in names]
        yield OpenModel([_voice(ring, client, attempt_seconds, web_search) for ring in rings])


class _Rings:
    """What is around one model: its gate and its price are everybody's who asks it."""

    def __init__(self, name: str, price: Price, bounds: Bounds, meter: Meter) -> None:
        self.name = name
        self.price = price
        self.bounds = bounds
        self.gate = RateGate(name, rpm=bounds.rpm, tpm=bounds.tpm, slots=bounds.slots, meter=meter)
        self._meter = meter

    def around(self, sender: Sender, *, seconds: float, hedge: bool) -> Rings:
        """All but `Answering` is shared by everybody who asks this *sender*."""
        meter = self._meter
        sending = Sending(
            sender, cost=self.price.cost, estimates=Estimates(), meter=meter, seconds=seconds
        )
        trying = Trying(Hedging(sending, self.gate, meter=meter, on=hedge), self.gate)
        most = self.bounds.most_output
        return lambda errand: Answering(trying, sending, errand, most_output=most)


def _voice(rings: _Rings, client: openai.AsyncOpenAI, seconds: float, searches: bool) -> Voice:
    """Searches are never asked for twice to be faster: each costs a fee."""
    name, heard = rings.name, rings.gate.heard
    official = _is_openai(client.base_url.host)
    field = MOST_OUTPUT if official else MOST_OUTPUT_ELSEWHERE
    sender = OpenAISender(client, name, heard=heard, most_output=field)
    asking = rings.around(sender, seconds=seconds, hedge=rings.bounds.hedge)
    searching: Rings | None = None
    if searches:
        longer = _SEARCH_TAKES * seconds
        searcher = SearchSender(client, name, heard=heard, seconds=longer)
        searching = rings.around(searcher, seconds=longer, hedge=False)
    return Voice(name=name, price=rings.price, asking=asking, searching=searching)


def _is_openai(host: str) -> bool:
    """Also its hosts by region."""
    return f".{host}".endswith(f".{_OPENAI_HOST}")


def _names(said: str | None, api_key: str | None, base_url: str | None) -> tuple[str, ...]:
    names = tuple(name for part in (said or "").split(",") if (name := part.strip()))
    if len(set(names)) < len(names):
        raise NoModel("QUORUM_MODEL names a model twice.")
    if names == (SIMULATED,):
        return names
    if SIMULATED in names:
        raise NoModel("QUORUM_MODEL: the simulated model cannot be one of several.")
    if not api_key and not base_url:
        raise NoModel(
            "No model is configured. Set OPENAI_API_KEY, or OPENAI_BASE_URL and QUORUM_MODEL for "
            "a server of your own, or QUORUM_MODEL=simulated to try without one."
        )
    if base_url and not names:
        raise NoModel("OPENAI_BASE_URL is set: set QUORUM_MODEL to a model that your server has.")
    return names or (_OPENAI_MODEL,)


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
