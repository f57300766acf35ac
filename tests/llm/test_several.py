"""Several models: whose turn it is, and what becomes of the others where one is away."""

from __future__ import annotations

import logging
from collections.abc import Sequence
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
        self.name = name
        self._error = error
        self.asked = 0

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        self.asked += 1
        if self._error:
            raise self._error
        return Reply(answer=prompt.answer.model_validate_json(GOOD), model=self.name)


def models(*errors: Exception | None) -> list[_Named]:
    """Named "a", "b", …, of which some fail."""
    return [_Named(name, error) for name, error in zip("abcdefgh", errors, strict=False)]


def several(*errors: Exception | None) -> Several:
    return around(models(*errors))


def around(asked: Sequence[_Named], finders: Sequence[_Named] | None = None) -> Several:
    voices = [
        Voice(
            name=model.name,
            price=UNPRICED,
            asking=lambda errand, model=model: model,
            searching=(lambda errand, finder=finder: finder) if finder else None,
        )
        for model, finder in zip(asked, finders or [None] * len(asked), strict=True)
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
    a, b = models(DENIED, None)
    model = around([a, b])

    for seat in (2, 4):
        with pytest.raises(ModelUnavailable, match="a cannot be asked"):
            await answering(model, seat)
    assert a.asked == 1, "it was denied once in this errand"
    assert await answering(model, 1) == "b"
    assert "Check QUORUM_MODEL" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_what_has_no_seat_is_asked_of_the_first_model_that_is_not_denied() -> None:
    a, b = models(DENIED, None)
    model = around([a, b])

    assert [await answering(model, 0) for _ in range(3)] == ["b"] * 3
    assert a.asked == 1


async def test_what_has_no_seat_says_the_remedy_where_all_are_denied() -> None:
    with pytest.raises(ModelDenied, match="Check QUORUM_MODEL"):
        await answering(several(DENIED, DENIED), 0)


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
    asked, finders = models(None, None), models(None, None)
    model = around(asked, finders)

    assert await answering(model, 1, search=True) == "b"
    assert [each.asked for each in (*asked, *finders)] == [0, 0, 0, 1]
    assert await answering(model, 1) == "b"
    assert asked[1].asked == 1


async def test_where_nobody_searches_a_search_is_refused() -> None:
    with pytest.raises(ModelRefused, match="not switched on"):
        await answering(several(None), 0, search=True)


async def test_a_key_that_may_not_search_can_still_ask(caplog: pytest.LogCaptureFixture) -> None:
    [finder] = finders = models(DENIED)
    model = around(models(None), finders)

    for _ in range(3):
        with pytest.raises(ModelRefused, match="this key may not search the web"):
            await answering(model, 0, search=True)
    assert await answering(model, 0) == "a"
    assert finder.asked == 1
    assert [record.getMessage() for record in caplog.records] == [
        f"a may not search the web: {DENIED}"
    ]


async def test_of_several_models_the_first_that_may_search_does() -> None:
    model = around(models(None, DENIED), models(DENIED, None))

    assert await answering(model, 0, search=True) == "b"
    assert await answering(model, 2) == "a", "to be denied a search is not to be denied"
    with pytest.raises(ModelUnavailable, match="b cannot be asked"):
        await answering(model, 1)
    with pytest.raises(ModelRefused, match="may not search"):
        await answering(model, 0, search=True)
