"""Several models: whose turn it is, and what becomes of the others where one is away."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from bot.calls.prices import UNPRICED
from bot.llm.several import Several, Voice
from bot.runs.ports import Errand
from patterns.errors import ModelDenied, ModelRefused, ModelUnavailable
from patterns.ports import A, Prompt, Reply
from tests.calls.road import GOOD, ballot

DENIED = ModelDenied("The server has no such model. Check QUORUM_MODEL.")


class _Named:
    """Answers with its name, or with an error."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self._name = name
        self._error = error

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        if self._error:
            raise self._error
        return Reply(answer=prompt.answer.model_validate_json(GOOD), model=self._name)


def several(*errors: Exception | None, searches: bool = False) -> Several:
    """Models "a", "b", …, of which some fail."""
    names = "abcdefgh"[: len(errors)]
    models = [_Named(name, error) for name, error in zip(names, errors, strict=True)]
    finders = [_Named(f"{name}, searching") for name in names]
    voices = [
        Voice(
            name=name,
            price=UNPRICED,
            asking=lambda errand, model=model: model,
            searching=(lambda errand, finder=finder: finder) if searches else None,
        )
        for name, model, finder in zip(names, models, finders, strict=True)
    ]
    return Several(voices, Errand())


async def answering(model: Several, seat: int, *, search: bool = False) -> str:
    return (await model.ask(replace(ballot(), seat=seat, search=search))).model


async def test_neighbours_on_a_panel_are_asked_different_models_in_turns() -> None:
    model = several(None, None, None)

    assert [await answering(model, seat) for seat in range(7)] == list("abcabca")


async def test_one_model_has_every_seat() -> None:
    assert {await answering(several(None), seat) for seat in range(5)} == {"a"}


async def test_a_denied_model_fails_its_own_seats_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = several(DENIED, None)

    for seat in (0, 2, 4):
        with pytest.raises(ModelUnavailable, match="a cannot be asked"):
            await answering(model, seat)
    assert await answering(model, 1) == "b"
    assert "Check QUORUM_MODEL" in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


async def test_where_all_are_denied_the_run_is_over() -> None:
    model = several(DENIED, DENIED)

    with pytest.raises(ModelUnavailable):
        await answering(model, 1)
    with pytest.raises(ModelDenied):
        await answering(model, 2)


async def test_a_single_model_that_is_denied_ends_the_run_at_once() -> None:
    with pytest.raises(ModelDenied):
        await answering(several(DENIED), 3)


async def test_other_failures_are_as_they_are() -> None:
    with pytest.raises(ModelUnavailable, match="in trouble"):
        await answering(several(ModelUnavailable("the model is in trouble"), None), 0)


async def test_a_search_is_asked_of_who_searches() -> None:
    model = several(None, None, searches=True)

    assert await answering(model, 1, search=True) == "b, searching"
    assert await answering(model, 1) == "b"


async def test_where_nobody_searches_a_search_is_refused() -> None:
    with pytest.raises(ModelRefused, match="not switched on"):
        await answering(several(None), 0, search=True)
