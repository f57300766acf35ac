"""What models cost: a dated table, and a file of the house's own that overrides it."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.runs.model import SIMULATED_MODEL
from bot.runs.money import MICROS, Caps
from patterns.usage import Usage

#: What may follow the name of a model without making it another: a date or "latest".
_VERSION = re.compile(r"-(\d{4}-\d\d-\d\d|\d{8}|latest)$")
#: More is a mistake.
_Dollars = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False)]


class BadPrices(Exception):
    """One sentence for who starts the program."""


class Price(BaseModel):
    """
    Dollars per million tokens, so millionths of a dollar per token; *search* is dollars a search.

    Without a price of its own, input that was read before costs as any other, and a search of the
    web what its table says that searches cost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: _Dollars
    cached: _Dollars = Field(default_factory=lambda given: given["input"])
    output: _Dollars
    search: _Dollars | None = None

    @model_validator(mode="after")
    def _what_is_set_aside_is_enough(self) -> Self:
        """Nobody knows before an answer what of its input was read before."""
        if self.cached > self.input:
            raise ValueError("cached input costs more than other input")
        return self

    def cost(self, usage: Usage) -> int:
        """In millionths of a dollar, rounded up: never less than it is."""
        cached = min(usage.cached_tokens, usage.input_tokens)
        fresh = usage.input_tokens - cached
        return math.ceil(
            fresh * self.input
            + cached * self.cached
            + usage.output_tokens * self.output
            + usage.searches * (self.search or 0) * MICROS
        )


#: Of a model whose price nobody told.
UNPRICED = Price(input=Decimal(0), cached=Decimal(0), output=Decimal(0))


def dearest(prices: Sequence[Price]) -> Price:
    """What no usage of any of them costs more than; `UNPRICED` where that is all there is."""
    first, *others = prices
    if not others:
        return first
    return Price(
        input=max(price.input for price in prices),
        cached=max(price.cached for price in prices),
        output=max(price.output for price in prices),
        search=max(price.search or Decimal(0) for price in prices),
    )


@dataclass(frozen=True, kw_only=True)
class Prices:
    """
    *own* are those of the house, by the model's name; *listed* those that OpenAI asks, and *search*
    what it asks for a search of the web, in dollars.
    """

    own: Mapping[str, Price]
    listed: Mapping[str, Price]
    search: Decimal | None = None

    def of(self, model: str, *, openai: bool) -> Price:
        """
        `UNPRICED` where nobody knows it.

        What is *listed* counts for *openai*'s own server alone: others ask what they like for
        a model of the same name.
        """
        tables = (self.own, self.listed) if openai else (self.own,)
        for table in tables:
            for name in (model, _VERSION.sub("", model)):
                if name in table:
                    return self._with_search(table[name], openai=openai)
        return UNPRICED

    def _with_search(self, price: Price, *, openai: bool) -> Price:
        """A file of the house that tells of tokens alone does not make searches free."""
        if price.search is not None or not openai:
            return price
        return price.model_copy(update={"search": self.search})


def load(path: Path | None) -> Prices:
    """The table that is shipped, and the file of the house, if any; raises `BadPrices`."""
    listed = _listed()
    return Prices(own=_own(path) if path else {}, listed=listed.models, search=listed.search)


def check(caps: Caps, model: str, price: Price) -> None:
    """Raises `BadPrices` where *caps* in dollars could not be kept."""
    if caps.in_dollars and price is UNPRICED and model != SIMULATED_MODEL:
        raise BadPrices(
            f"A cap is in dollars, and {model} has no known price: "
            "name the cap in tokens, or the price in a file that QUORUM_PRICES names."
        )


class _Table(BaseModel):
    currency: Literal["USD"] = "USD"
    search: _Dollars | None = None
    models: dict[str, Price]


@cache
def _listed() -> _Table:
    return _read(files("bot.calls").joinpath("prices.toml").read_text(encoding="utf-8"))


def _own(path: Path) -> Mapping[str, Price]:
    try:
        table = _read(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise BadPrices(f"QUORUM_PRICES: {path} cannot be read: {err.strerror}.") from err
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(map(str, first["loc"]))
        why = first["msg"].removeprefix("Value error, ")
        raise BadPrices(f"QUORUM_PRICES: {path}: {where}: {why}.") from err
    except ValueError as err:  # what is no TOML, or no UTF-8
        raise BadPrices(f"QUORUM_PRICES: {path} is no TOML file: {err}.") from err
    fee = {"search": table.search}
    return {
        name: price if price.search is not None else price.model_copy(update=fee)
        for name, price in table.models.items()
    }


def _read(text: str) -> _Table:
    return _Table.model_validate(tomllib.loads(text, parse_float=Decimal))
