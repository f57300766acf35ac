"""How what comes from a model's server is read: a lot is added there, and a lot left out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from patterns.usage import Usage


def _or_none(said: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """What stands beside an answer and can't be read is no reason to throw the answer away."""
    try:
        return read(said)
    except ValidationError:
        return None


BESIDE = WrapValidator(_or_none)
Count = Annotated[int | None, BESIDE]


class Wire(BaseModel):
    """The part of a response that we read."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Details(Wire):
    """Of the input, beside its length."""

    cached_tokens: Count = None


def taken(read: Count, cached: Count, written: Count, *, spoke: bool) -> Usage:
    """
    What a request took, by its server; without `calls` where that does not say.

    No question and no answer takes nothing; nobody has more from the cache than was read.
    """
    read, written = max(0, read or 0), max(0, written or 0)
    if not read or (spoke and not written):
        return Usage()
    return Usage(
        calls=1,
        input_tokens=read,
        cached_tokens=min(max(0, cached or 0), read),
        output_tokens=written,
    )
